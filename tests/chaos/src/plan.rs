//! What is done to whom and when, from a seed.

use std::time::Duration;

use thumbnailify_load::pacing::Random;

use crate::fault::Fault;

/// The shortest and the longest outage, in milliseconds: from a hiccup to longer than any single request may wait for
/// a server.
const OUTAGE_MS: [u64; 2] = [100, 3_000];
/// The shortest and the longest time between two of them, once work flows again.
const CALM_MS: [u64; 2] = [200, 1_500];
/// One round of so many hits two processes at the same time.
const TWO_IN: u64 = 4;

/// Faults that come and go together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Round {
    /// How long nothing is done before.
    pub(crate) calm: Duration,
    /// What is done, to which of the processes by its number.
    pub(crate) faults: Vec<(usize, Fault)>,
    /// How long it is left so.
    pub(crate) outage: Duration,
}

/// Rounds without an end, the same for the same seed and number of processes.
pub(crate) fn rounds(seed: u64, processes: usize) -> impl Iterator<Item = Round> {
    let mut random = Random::new(seed);
    std::iter::repeat_with(move || {
        let calm = between(&mut random, CALM_MS);
        let first = pick(&mut random, processes);
        let mut faults = vec![(first, fault(&mut random))];
        let second = pick(&mut random, processes);
        if random.below(TWO_IN) == 0 && second != first {
            faults.push((second, fault(&mut random)));
        }
        Round {
            calm,
            faults,
            outage: between(&mut random, OUTAGE_MS),
        }
    })
}

fn between(random: &mut Random, [shortest, longest]: [u64; 2]) -> Duration {
    Duration::from_millis(shortest + random.below(longest - shortest + 1))
}

fn pick(random: &mut Random, count: usize) -> usize {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    usize::try_from(random.below(count)).unwrap_or_default()
}

fn fault(random: &mut Random) -> Fault {
    Fault::ALL[pick(random, Fault::ALL.len())]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn first(seed: u64, count: usize) -> Vec<Round> {
        rounds(seed, 5).take(count).collect()
    }

    #[test]
    fn the_same_seed_plans_the_same_rounds() {
        assert_eq!(first(7, 50), first(7, 50));
        assert_ne!(first(7, 50), first(8, 50));
    }

    #[test]
    fn every_process_comes_to_every_fault() {
        let faults = first(1, 200).into_iter().flat_map(|round| round.faults);
        let seen: BTreeSet<_> = faults.collect();
        assert_eq!(seen.len(), 5 * Fault::ALL.len());
    }

    #[test]
    fn a_round_hits_each_process_once_and_is_short() {
        for Round {
            calm,
            faults,
            outage,
        } in first(3, 200)
        {
            let hit: BTreeSet<_> = faults.iter().map(|(process, _)| process).collect();
            assert_eq!(hit.len(), faults.len());
            assert!((200..=1_500).contains(&calm.as_millis()), "{calm:?}");
            assert!((100..=3_000).contains(&outage.as_millis()), "{outage:?}");
        }
    }

    #[test]
    fn a_single_process_is_hit_alone() {
        assert!(rounds(5, 1).take(100).all(|round| round.faults.len() == 1));
    }
}
