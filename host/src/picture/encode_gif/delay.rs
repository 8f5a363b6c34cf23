/// Rounds each delay so that the rounding never adds up over an animation.
#[derive(Default)]
pub(super) struct Centiseconds {
    elapsed_ms: u64,
    elapsed_cs: u64,
}

impl Centiseconds {
    pub(super) fn advance(&mut self, delay_ms: u32) -> u16 {
        self.elapsed_ms += u64::from(delay_ms);
        let delay_cs = (self.elapsed_ms + 5) / 10 - self.elapsed_cs;
        self.elapsed_cs += delay_cs;
        u16::try_from(delay_cs).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_delays_add_up_to_the_whole() {
        let mut clock = Centiseconds::default();
        let delays: Vec<u16> = (0..6).map(|_| clock.advance(33)).collect();
        assert_eq!(delays.iter().sum::<u16>(), 20);
    }
}
