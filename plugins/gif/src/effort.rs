/// How many pixels may still be worked on, so that a file comes to an end in sensible time however it is made.
#[derive(Debug)]
pub(crate) struct Effort {
    pixels_left: u64,
}

impl Effort {
    pub(crate) fn new(max_pixels: u64) -> Self {
        Self {
            pixels_left: max_pixels,
        }
    }

    /// Takes so many, and tells whether they were still there. If not, none are left.
    pub(crate) fn afford(&mut self, pixels: u64) -> bool {
        let left = self.pixels_left.checked_sub(pixels);
        self.pixels_left = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether there is nothing left.
    pub(crate) fn is_spent(&self) -> bool {
        self.pixels_left == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_afforded_takes_all_that_is_left() {
        let mut effort = Effort::new(10);
        assert!(effort.afford(4) && effort.afford(0) && !effort.is_spent());
        assert!(!effort.afford(7));
        assert!(effort.is_spent() && !effort.afford(1));
    }
}
