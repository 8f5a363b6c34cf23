use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use uuid::Uuid;

/// Where a piece of work stands in a distributed trace: the header `traceparent` of W3C Trace Context
/// (<https://www.w3.org/TR/trace-context/>), written in version 00.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(into = "String")]
pub struct Traceparent {
    /// Never zero, as the standard wants it.
    trace_id: u128,
    /// Never zero.
    parent_id: u64,
    sampled: Sampled,
}

/// Whether who called may have recorded the trace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sampled {
    No,
    Maybe,
}

/// The text is no `traceparent`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a traceparent is VERSION-TRACE-PARENT-FLAGS in lower-case hexadecimal")]
pub struct InvalidTraceparent;

impl Traceparent {
    /// Begins a trace that nobody records.
    #[must_use]
    pub fn start() -> Self {
        Self {
            trace_id: Uuid::new_v4().as_u128(),
            parent_id: random_span(),
            sampled: Sampled::No,
        }
    }

    /// A new span of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self {
            parent_id: random_span(),
            ..self
        }
    }

    /// The id of the trace: 32 digits in lower-case hexadecimal.
    #[must_use]
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }
}

/// The variant of a UUID is among the bits of its second half, so it is never zero.
fn random_span() -> u64 {
    Uuid::new_v4().as_u64_pair().1
}

impl FromStr for Traceparent {
    type Err = InvalidTraceparent;

    /// Reads what section 3.2 allows: version 00 to the letter, and of a later version the parts that 00 has.
    fn from_str(text: &str) -> Result<Self, InvalidTraceparent> {
        let (head, rest) = text.split_at_checked(55).ok_or(InvalidTraceparent)?;
        let parts: Vec<_> = head.split('-').collect();
        let [version, trace_id, parent_id, flags] = parts[..] else {
            return Err(InvalidTraceparent);
        };
        let ends = rest.is_empty() || (version != "00" && rest.starts_with('-'));
        let lengths = (version.len(), trace_id.len(), parent_id.len(), flags.len());
        let are_hex = parts.iter().all(|part| part.bytes().all(is_lower_hex));
        if !ends || !are_hex || lengths != (2, 32, 16, 2) || version == "ff" {
            return Err(InvalidTraceparent);
        }
        let read = |digits| u128::from_str_radix(digits, 16).map_err(|_| InvalidTraceparent);
        let parent_id = u64::try_from(read(parent_id)?).map_err(|_| InvalidTraceparent)?;
        let trace_id = read(trace_id)?;
        if trace_id == 0 || parent_id == 0 {
            return Err(InvalidTraceparent);
        }
        let is_sampled = read(flags)? & 1 == 1;
        Ok(Self {
            trace_id,
            parent_id,
            sampled: if is_sampled {
                Sampled::Maybe
            } else {
                Sampled::No
            },
        })
    }
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

impl fmt::Display for Traceparent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = match self.sampled {
            Sampled::No => "00",
            Sampled::Maybe => "01",
        };
        let (trace_id, parent_id) = (self.trace_id, self.parent_id);
        write!(formatter, "00-{trace_id:032x}-{parent_id:016x}-{flags}")
    }
}

impl From<Traceparent> for String {
    fn from(traceparent: Traceparent) -> Self {
        traceparent.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn check(text: &str, expected: Option<&str>) {
        let read = text.parse::<Traceparent>().ok();
        let written = read.map(|traceparent| traceparent.to_string());
        assert_eq!(written.as_deref(), expected, "{text}");
    }

    #[test]
    fn what_the_standard_shows_is_read_and_written() {
        check(VALID, Some(VALID));
        let unsampled = VALID.replace("-01", "-00");
        check(&unsampled, Some(&unsampled));
        // Flags that are not known are not passed on.
        check(&VALID.replace("-01", "-ff"), Some(VALID));
    }

    #[test]
    fn of_a_later_version_the_known_parts_are_read() {
        check(&VALID.replacen("00", "cc", 1), Some(VALID));
        check(
            &format!("{}-what-else", VALID.replacen("00", "cc", 1)),
            Some(VALID),
        );
        check(&format!("{}.what", VALID.replacen("00", "cc", 1)), None);
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "00",
            &VALID[..54],
            &format!("{VALID}-"),
            &format!("{VALID}0"),
            &format!(" {VALID}"),
            &VALID.replace('f', "F"),
            &VALID.replace('4', "g"),
            &VALID.replacen("00", "ff", 1),
            &VALID.replacen('-', "_", 1),
            &VALID.replacen("00-4", "00-+", 1),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-600f067aa0ba902b7-01",
            &"é".repeat(28),
            &format!("aé{}", &VALID[3..]),
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_child_is_another_span_of_the_same_trace() {
        let parent = Traceparent::start();
        let child = parent.child();
        assert_eq!(child.trace_id(), parent.trace_id());
        assert_ne!(child, parent);
        assert_eq!(parent.to_string().parse(), Ok(parent));
    }
}
