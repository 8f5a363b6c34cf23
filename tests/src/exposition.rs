use std::collections::{BTreeMap, BTreeSet};

/// What `/metrics` answered, read as strictly as Prometheus reads its text format (version 0.0.4).
#[derive(Debug)]
pub struct Exposition {
    samples: BTreeMap<Sample, f64>,
}

type Labels = BTreeMap<String, String>;
type Sample = (String, Labels);

impl Exposition {
    /// Reads a text.
    ///
    /// # Panics
    /// It is not in the format: a sample without its help and type before it or twice, a family that is told twice,
    /// a label that is not escaped, a histogram whose buckets do not grow to its count.
    #[must_use]
    pub fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line does not end");
        let mut read = Self {
            samples: BTreeMap::new(),
        };
        let mut told = BTreeSet::new();
        let mut family: (&str, &str) = ("", "");
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let name = help.split_once(' ').expect(line).0;
                assert!(told.insert(name), "{name} is told twice");
                let kind = lines.next().and_then(|line| line.strip_prefix("# TYPE "));
                let (typed, kind) = kind.expect(line).split_once(' ').expect(line);
                assert_eq!(typed, name);
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                family = (typed, kind);
            } else {
                read.add(line, family);
            }
        }
        read.check_histograms();
        read
    }

    /// The sum of the samples of a name that have these labels among theirs. `None` where there are none.
    #[must_use]
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let matching = self.samples.iter().filter(|((sample, with), _)| {
            let has =
                |(label, value): &(&str, &str)| with.get(*label).is_some_and(|own| own == value);
            sample == name && labels.iter().all(has)
        });
        matching
            .map(|(_, value)| *value)
            .reduce(|sum, value| sum + value)
    }

    fn add(&mut self, line: &str, (family, kind): (&str, &str)) {
        let (name, rest) = line.split_at(line.find(['{', ' ']).expect(line));
        let suffixes: &[&str] = match kind {
            "histogram" => &["_bucket", "_sum", "_count"],
            _ => &[""],
        };
        let suffix = name.strip_prefix(family).expect(line);
        assert!(suffixes.contains(&suffix), "{line} is not of {family}");
        assert!(kind != "counter" || name.ends_with("_total"), "{line}");
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(name.bytes().all(is_name), "{line}");
        let (labels, value) = match rest.strip_prefix('{') {
            Some(rest) => read_labels(rest),
            None => (Labels::new(), rest),
        };
        let value: f64 = value.strip_prefix(' ').expect(line).parse().expect(line);
        let before = self.samples.insert((name.to_owned(), labels), value);
        assert_eq!(before, None, "{line} is there twice");
    }

    fn check_histograms(&self) {
        let mut buckets: BTreeMap<Sample, Vec<(f64, f64)>> = BTreeMap::new();
        for ((name, labels), value) in &self.samples {
            if let (Some(family), Some(end)) = (name.strip_suffix("_bucket"), labels.get("le")) {
                let mut labels = labels.clone();
                labels.remove("le");
                let end = end.replace("+Inf", "inf").parse().unwrap();
                let histogram = (family.to_owned(), labels);
                buckets.entry(histogram).or_default().push((end, *value));
            }
        }
        for ((family, labels), mut buckets) in buckets {
            buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
            assert!(
                buckets.is_sorted_by(|one, other| one.1 <= other.1),
                "{family} {labels:?}"
            );
            let last = buckets.last().unwrap();
            let count = self.samples[&(format!("{family}_count"), labels)];
            assert_eq!(*last, (f64::INFINITY, count), "{family}");
        }
    }
}

/// Reads labels up to the closing brace, and returns what follows it.
fn read_labels(text: &str) -> (Labels, &str) {
    let mut labels = Labels::new();
    let mut rest = text;
    loop {
        let (name, after) = rest.split_once("=\"").expect(text);
        let mut value = String::new();
        let mut characters = after.char_indices();
        let end = loop {
            match characters.next().expect(text) {
                (end, '"') => break end,
                (_, '\\') => value.push(match characters.next().expect(text).1 {
                    'n' => '\n',
                    other @ ('\\' | '"') => other,
                    _ => panic!("{text}"),
                }),
                (_, other) => value.push(other),
            }
        };
        assert_eq!(labels.insert(name.to_owned(), value), None, "{text}");
        rest = &after[end + 1..];
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return (labels, rest.strip_prefix('}').expect(text)),
        }
    }
}
