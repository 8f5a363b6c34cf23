//! Eight numbers of 16 bits at once: a vector where the sandbox has one, an array elsewhere.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use vector::Lanes;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use array::Lanes;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod vector {
    use core::arch::wasm32::*;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Lanes(v128);

    impl Lanes {
        pub(in super::super) const ZERO: Self = Self(u16x8(0, 0, 0, 0, 0, 0, 0, 0));

        #[inline(always)]
        pub(in super::super) fn of_bytes(bytes: [u8; 8]) -> Self {
            let bytes = u64::from_le_bytes(bytes);
            Self(u16x8_extend_low_u8x16(u64x2(bytes, 0)))
        }

        /// The lower byte of each.
        #[inline(always)]
        pub(in super::super) fn bytes(self) -> [u8; 8] {
            let bytes = i8x16_shuffle::<0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14>(
                self.0, self.0,
            );
            u64x2_extract_lane::<0>(bytes).to_le_bytes()
        }

        /// The lower half of `lower`, and the lower half of `upper` as the upper half.
        #[inline(always)]
        pub(in super::super) fn joined(lower: Self, upper: Self) -> Self {
            Self(i64x2_shuffle::<0, 2>(lower.0, upper.0))
        }

        /// The upper half of `lower`, and the lower half of `upper` as the upper half.
        #[inline(always)]
        pub(in super::super) fn joined_upper(lower: Self, upper: Self) -> Self {
            Self(i64x2_shuffle::<1, 2>(lower.0, upper.0))
        }

        #[inline(always)]
        pub(in super::super) fn plus(self, other: Self) -> Self {
            Self(i16x8_add(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn minus(self, other: Self) -> Self {
            Self(i16x8_sub(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn min(self, other: Self) -> Self {
            Self(i16x8_min(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn max(self, other: Self) -> Self {
            Self(i16x8_max(self.0, other.0))
        }

        #[inline(always)]
        pub(in super::super) fn without_upper_byte(self) -> Self {
            Self(v128_and(self.0, u16x8_splat(0xff)))
        }

        /// In each place `yes` where this is larger than `other`, and `no` elsewhere.
        #[inline(always)]
        pub(in super::super) fn choose_if_above(self, other: Self, yes: Self, no: Self) -> Self {
            Self(v128_bitselect(yes.0, no.0, i16x8_gt(self.0, other.0)))
        }
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod array {
    use std::array::from_fn;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Lanes([i16; 8]);

    impl Lanes {
        pub(in super::super) const ZERO: Self = Self([0; 8]);

        #[inline(always)]
        pub(in super::super) fn of_bytes(bytes: [u8; 8]) -> Self {
            Self(bytes.map(i16::from))
        }

        /// The lower byte of each.
        #[inline(always)]
        pub(in super::super) fn bytes(self) -> [u8; 8] {
            self.0.map(|lane| lane as u8)
        }

        /// The lower half of `lower`, and the lower half of `upper` as the upper half.
        #[inline(always)]
        pub(in super::super) fn joined(lower: Self, upper: Self) -> Self {
            Self(from_fn(|lane| {
                if lane < 4 {
                    lower.0[lane]
                } else {
                    upper.0[lane - 4]
                }
            }))
        }

        /// The upper half of `lower`, and the lower half of `upper` as the upper half.
        #[inline(always)]
        pub(in super::super) fn joined_upper(lower: Self, upper: Self) -> Self {
            Self(from_fn(|lane| {
                if lane < 4 {
                    lower.0[lane + 4]
                } else {
                    upper.0[lane - 4]
                }
            }))
        }

        #[inline(always)]
        pub(in super::super) fn plus(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane] + other.0[lane]))
        }

        #[inline(always)]
        pub(in super::super) fn minus(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane] - other.0[lane]))
        }

        #[inline(always)]
        pub(in super::super) fn min(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane].min(other.0[lane])))
        }

        #[inline(always)]
        pub(in super::super) fn max(self, other: Self) -> Self {
            Self(from_fn(|lane| self.0[lane].max(other.0[lane])))
        }

        #[inline(always)]
        pub(in super::super) fn without_upper_byte(self) -> Self {
            Self(self.0.map(|lane| lane & 0xff))
        }

        /// In each place `yes` where this is larger than `other`, and `no` elsewhere.
        #[inline(always)]
        pub(in super::super) fn choose_if_above(self, other: Self, yes: Self, no: Self) -> Self {
            let choice = |lane: usize| {
                if self.0[lane] > other.0[lane] {
                    yes.0[lane]
                } else {
                    no.0[lane]
                }
            };
            Self(from_fn(choice))
        }
    }
}
