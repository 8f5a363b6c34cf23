use std::fmt::{self, Display, Write};

/// The name and the value of a label.
pub(super) type Label<'a> = (&'static str, &'a str);

/// A text in the making.
#[derive(Debug, Default)]
pub(super) struct Exposition(String);

/// What a metric is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// It only grows, but for restarts.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts observations by size.
    Histogram,
}

/// The samples of one metric, which must not be mixed with those of another.
#[derive(Debug)]
pub(super) struct Family<'a> {
    name: &'static str,
    text: &'a mut String,
}

/// Observations by size. The unit is that of the metric.
#[derive(Debug)]
pub(super) struct Histogram {
    /// How many observations do not exceed each end, from the lowest.
    pub(super) buckets: Vec<(f64, u64)>,
    pub(super) sum: f64,
    pub(super) count: u64,
}

impl Exposition {
    /// Begins a metric. The help is one line without a backslash.
    pub(super) fn family(
        &mut self,
        name: &'static str,
        kind: Kind,
        help: &'static str,
    ) -> Family<'_> {
        let text = &mut self.0;
        push(
            text,
            format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"),
        );
        Family { name, text }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

impl Family<'_> {
    /// Writes one value. Each set of labels may have one.
    pub(super) fn sample(&mut self, labels: &[Label<'_>], value: impl Display) {
        self.line("", labels, value);
    }

    /// Writes the values of a histogram.
    pub(super) fn histogram(&mut self, labels: &[Label<'_>], histogram: &Histogram) {
        for (end, count) in &histogram.buckets {
            self.bucket(labels, &end.to_string(), *count);
        }
        self.bucket(labels, "+Inf", histogram.count);
        self.line("_sum", labels, histogram.sum);
        self.line("_count", labels, histogram.count);
    }

    fn bucket(&mut self, labels: &[Label<'_>], end: &str, count: u64) {
        self.line("_bucket", &[labels, &[("le", end)]].concat(), count);
    }

    fn line(&mut self, suffix: &str, labels: &[Label<'_>], value: impl Display) {
        push(self.text, format_args!("{}{suffix}", self.name));
        let mut opening = '{';
        for (name, text) in labels {
            push(
                self.text,
                format_args!("{opening}{name}=\"{}\"", Escaped(text)),
            );
            opening = ',';
        }
        let closing = if labels.is_empty() { "" } else { "}" };
        push(self.text, format_args!("{closing} {value}\n"));
    }
}

fn push(text: &mut String, part: fmt::Arguments<'_>) {
    // Writing into memory does not fail.
    text.write_fmt(part).ok();
}

impl Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        })
    }
}

/// A label's value as it stands between quotes.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '\\' => formatter.write_str("\\\\"),
            '"' => formatter.write_str("\\\""),
            '\n' => formatter.write_str("\\n"),
            other => formatter.write_char(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl FnOnce(&mut Family<'_>), expected: &str) {
        let mut exposition = Exposition::default();
        write(&mut exposition.family("size", Kind::Histogram, "Sizes."));
        let head = "# HELP size Sizes.\n# TYPE size histogram\n";
        assert_eq!(exposition.into_text(), [head, expected].concat());
    }

    #[test]
    fn a_sample_has_its_labels_and_its_value() {
        check(|family| family.sample(&[], 7), "size 7\n");
        let labels = [("a", "1"), ("b", "2")];
        check(
            |family| family.sample(&labels, 0.25),
            "size{a=\"1\",b=\"2\"} 0.25\n",
        );
    }

    #[test]
    fn what_would_end_a_label_is_escaped() {
        let labels = [("a", "\\ \" \n ä")];
        check(
            |family| family.sample(&labels, 1),
            "size{a=\"\\\\ \\\" \\n ä\"} 1\n",
        );
    }

    #[test]
    fn a_histogram_counts_up_to_all() {
        let histogram = Histogram {
            buckets: vec![(0.5, 1), (1.0, 2)],
            sum: 9.5,
            count: 3,
        };
        let expected = "size_bucket{a=\"1\",le=\"0.5\"} 1\n\
                        size_bucket{a=\"1\",le=\"1\"} 2\n\
                        size_bucket{a=\"1\",le=\"+Inf\"} 3\n\
                        size_sum{a=\"1\"} 9.5\n\
                        size_count{a=\"1\"} 3\n";
        check(
            |family| family.histogram(&[("a", "1")], &histogram),
            expected,
        );
    }
}
