/// Shorter delays mean "as fast as you can" of thirty years ago.
const SHORTEST_CENTISECONDS: u16 = 2;
const INSTEAD_MS: u32 = 100;

/// How long a frame is shown, as browsers read the file: a delay of 0 or 1 hundredths becomes a tenth.
pub(crate) fn delay_ms(centiseconds: u16) -> u32 {
    if centiseconds < SHORTEST_CENTISECONDS {
        INSTEAD_MS
    } else {
        u32::from(centiseconds) * 10
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shortest_delays_are_stretched() {
        let delays = [0, 1, 2, 10, u16::MAX].map(delay_ms);
        assert_eq!(delays, [100, 100, 20, 100, 655_350]);
    }
}
