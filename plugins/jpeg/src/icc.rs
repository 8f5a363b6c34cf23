//! The colour profile, which may be spread over many segments (ICC.1, annex B.4).

/// Larger profiles are ignored: those of printing presses have up to 3 MiB.
const MAX_PROFILE_BYTES: usize = 4 << 20;

/// The pieces of a profile, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct IccChunks {
    chunks: Vec<(u8, Vec<u8>)>,
    bytes: usize,
}

impl IccChunks {
    /// Takes an APP2 segment, if it is a piece of a profile.
    pub(crate) fn add(&mut self, segment: &[u8]) {
        let Some([number, _count, data @ ..]) = segment.strip_prefix(b"ICC_PROFILE\0") else {
            return;
        };
        self.bytes = self.bytes.saturating_add(data.len());
        if self.bytes > MAX_PROFILE_BYTES {
            self.chunks.clear();
        } else {
            self.chunks.push((*number, data.to_vec()));
        }
    }

    /// The whole profile, if there is one.
    pub(crate) fn profile(mut self) -> Option<Vec<u8>> {
        if self.chunks.is_empty() {
            return None;
        }
        self.chunks.sort_by_key(|(number, _)| *number);
        Some(self.chunks.into_iter().flat_map(|(_, data)| data).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(number: u8, data: &[u8]) -> Vec<u8> {
        [b"ICC_PROFILE\0", [number, 2].as_slice(), data].concat()
    }

    #[test]
    fn pieces_are_put_in_order() {
        let mut chunks = IccChunks::default();
        chunks.add(&segment(2, b"cd"));
        chunks.add(b"MPF\0");
        chunks.add(&segment(1, b"ab"));
        assert_eq!(chunks.profile(), Some(b"abcd".to_vec()));
        assert_eq!(IccChunks::default().profile(), None);
    }

    #[test]
    fn a_bomb_is_dropped() {
        let mut chunks = IccChunks::default();
        for _ in 0..=MAX_PROFILE_BYTES / 60_000 {
            chunks.add(&segment(1, &[0; 60_000]));
        }
        assert_eq!(chunks.profile(), None);
    }
}
