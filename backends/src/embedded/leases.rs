use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use thumbnailify_core::Depth;

/// Which jobs there are to hand out, when, and with whom they are. Each is known by its number in the table `job`.
///
/// In memory alone: a lease ends with its process, and everybody who pulls is in this one.
#[derive(Debug, Default)]
pub(super) struct Leases {
    places: HashMap<i64, Place>,
    /// The times at which the jobs are due, with their numbers.
    times: BTreeSet<(i64, i64)>,
    /// The jobs that were taken off and may be in the table still.
    leaving: HashSet<i64>,
    last_ticket: u64,
}

#[derive(Debug)]
struct Place {
    due_ms: i64,
    queued_at_ms: u64,
    /// Of the last lease. None has number 0.
    ticket: u64,
    attempt: u32,
}

/// One handing-over of a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Lease {
    /// The number of the job, which another may get once it is gone.
    pub(super) seq: i64,
    /// Tells the holder from one whose lease is over.
    ticket: u64,
    /// From 1.
    pub(super) attempt: u32,
    /// In milliseconds since 1970 (UTC); 0 where it is not known.
    pub(super) queued_at_ms: u64,
}

impl Leases {
    /// Adds a job that was published now, under a number that no other has.
    pub(super) fn add(&mut self, seq: i64, queued_at_ms: u64, due_ms: i64) {
        self.place(seq, queued_at_ms, due_ms, 0);
    }

    /// Adds a job that is found in the table, unless it is known. It may have been handed out before, by an earlier
    /// process.
    pub(super) fn learn(&mut self, seq: i64, queued_at_ms: u64, due_ms: i64) {
        if !self.leaving.contains(&seq) && !self.places.contains_key(&seq) {
            self.place(seq, queued_at_ms, due_ms, 1);
        }
    }

    fn place(&mut self, seq: i64, queued_at_ms: u64, due_ms: i64, attempt: u32) {
        self.times.insert((due_ms, seq));
        let place = Place {
            due_ms,
            queued_at_ms,
            ticket: 0,
            attempt,
        };
        self.places.insert(seq, place);
    }

    /// Hands out the job that is due for longest, until a time. Else tells when the next one is due.
    pub(super) fn lease(&mut self, now_ms: i64, until_ms: i64) -> Result<Lease, Option<i64>> {
        let Some(&(due_ms, seq)) = self.times.first() else {
            return Err(None);
        };
        let Some(place) = self.places.get_mut(&seq).filter(|_| due_ms <= now_ms) else {
            return Err(Some(due_ms));
        };
        self.last_ticket += 1;
        place.ticket = self.last_ticket;
        place.attempt = place.attempt.saturating_add(1);
        let lease = Lease {
            seq,
            ticket: place.ticket,
            attempt: place.attempt,
            queued_at_ms: place.queued_at_ms,
        };
        self.set_due(lease, until_ms);
        Ok(lease)
    }

    /// Sets when a job is handed out again. Without effect when it is with another by now.
    pub(super) fn set_due(&mut self, lease: Lease, due_ms: i64) {
        if let Some(place) = self.places.get_mut(&lease.seq)
            && place.ticket == lease.ticket
        {
            self.times.remove(&(place.due_ms, lease.seq));
            self.times.insert((due_ms, lease.seq));
            place.due_ms = due_ms;
        }
    }

    /// Takes a job off, and tells whether the lease was good for that. It is [`Self::gone`] once it is out of the table.
    pub(super) fn take_off(&mut self, lease: Lease) -> bool {
        let Entry::Occupied(place) = self.places.entry(lease.seq) else {
            return false;
        };
        if place.get().ticket != lease.ticket {
            return false;
        }
        self.times.remove(&(place.remove().due_ms, lease.seq));
        self.leaving.insert(lease.seq)
    }

    /// A job that was taken off is out of the table, or could not be brought out of it.
    pub(super) fn gone(&mut self, seq: i64) {
        self.leaving.remove(&seq);
    }

    /// How many jobs there are.
    pub(super) fn len(&self) -> u64 {
        self.places.len() as u64
    }

    pub(super) fn depth(&self, now_ms: i64) -> Depth {
        let waiting = self.times.range(..=(now_ms, i64::MAX)).count() as u64;
        let all = self.times.len() as u64;
        Depth {
            waiting,
            leased: all - waiting,
        }
    }

    /// When the oldest job was queued, in milliseconds since 1970 (UTC).
    pub(super) fn oldest_ms(&self) -> Option<u64> {
        self.places.values().map(|place| place.queued_at_ms).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The jobs 1 to 3, due one after the other.
    fn three() -> Leases {
        let mut leases = Leases::default();
        for (seq, due_ms) in [(2, 20), (1, 10), (3, 30)] {
            leases.add(seq, 1_000, due_ms);
        }
        leases
    }

    #[test]
    fn what_is_due_for_longest_is_first_and_the_next_time_is_told() {
        let mut leases = three();
        assert_eq!(leases.lease(5, 100), Err(Some(10)));
        let first = leases.lease(25, 100).unwrap();
        let second = leases.lease(25, 100).unwrap();
        assert_eq!((first.seq, second.seq), (1, 2));
        assert_eq!(leases.lease(25, 100), Err(Some(30)));
        let depth = leases.depth(30);
        assert_eq!((depth.waiting, depth.leased), (1, 2));
    }

    #[test]
    fn only_the_last_holder_may_change_a_job() {
        let mut leases = three();
        let late = leases.lease(10, 15).unwrap();
        let holder = leases.lease(15, 18).unwrap();
        assert_eq!((holder.seq, holder.attempt), (1, 2));
        leases.set_due(late, 0);
        assert!(!leases.take_off(late));
        assert_eq!(leases.lease(15, 100), Err(Some(18)));
        assert!(leases.take_off(holder));
        assert!(!leases.take_off(holder));
    }

    #[test]
    fn a_job_that_leaves_is_not_added_again_until_it_is_out_of_the_table() {
        let mut leases = three();
        let lease = leases.lease(10, 100).unwrap();
        leases.take_off(lease);
        leases.learn(1, 0, 0);
        assert_eq!(leases.lease(10, 100), Err(Some(20)));
        leases.gone(1);
        leases.learn(1, 0, 0);
        assert_eq!(leases.lease(10, 100).unwrap().attempt, 2);
        assert_eq!(leases.oldest_ms(), Some(0));
        // The number is that of another job now.
        assert!(!leases.take_off(lease));
    }
}
