/// The checksum of a chunk's type and data (annex D.1 of the specification).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crc(u32);

const TABLE: [u32; 256] = table();

impl Crc {
    /// The checksum of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(u32::MAX).with(bytes)
    }

    /// The checksum with more bytes behind.
    pub(crate) fn with(self, bytes: &[u8]) -> Self {
        let step = |crc: u32, byte: &u8| TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8);
        Self(bytes.iter().fold(self.0, step))
    }

    /// As a file states it.
    pub(crate) fn value(self) -> u32 {
        !self.0
    }
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}
