use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thumbnailify_core::{InvalidSetting, MediaType};

use super::Limits;

/// Says what each handler may take: the limits for all, changed by those of its class, changed by its own.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BudgetPolicy {
    /// For every handler.
    pub limits: Limits,
    /// For the handlers of a class.
    pub classes: BTreeMap<Class, LimitsChange>,
    /// For one handler, by its name.
    pub handlers: BTreeMap<String, LimitsChange>,
}

impl BudgetPolicy {
    /// What a handler of this name may take, whose first media type is `media_type`.
    #[must_use]
    pub fn limits_of(&self, name: &str, media_type: &MediaType) -> Limits {
        let class = self.classes.get(&Class::of(media_type));
        let own = self.handlers.get(name);
        [class, own]
            .into_iter()
            .flatten()
            .fold(self.limits.clone(), |limits, change| change.apply(&limits))
    }

    /// The most memory that any handler may have, in MiB.
    #[must_use]
    pub fn largest_memory_mib(&self) -> u32 {
        let changes = self.classes.values().chain(self.handlers.values());
        let changed = changes.filter_map(|change| change.memory_mib);
        changed.fold(self.limits.memory_mib, u32::max)
    }

    /// Checks every value.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn validate(&self) -> Result<(), InvalidSetting> {
        self.limits.validate("limits")?;
        for (class, change) in &self.classes {
            let limits = change.apply(&self.limits);
            limits.validate(&format!("class.{}", class.as_str()))?;
        }
        for (name, change) in &self.handlers {
            let limits = change.apply(&self.limits);
            limits.validate(&format!("handler.{name}"))?;
        }
        Ok(())
    }

    /// The classes whose media differ from pictures in what they take. A film is read in pieces, and little
    /// of it; the pictures and waveforms of sounds are small.
    #[must_use]
    pub fn default_classes() -> BTreeMap<Class, LimitsChange> {
        let video = LimitsChange {
            read_mib: Some(256),
            read_calls: Some(50_000),
            ..LimitsChange::default()
        };
        let audio = LimitsChange {
            memory_mib: Some(128),
            raster_mib: Some(16),
            ..LimitsChange::default()
        };
        BTreeMap::from([(Class::Video, video), (Class::Audio, audio)])
    }
}

/// Media that take about the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// `image/*`
    Image,
    /// `video/*`
    Video,
    /// `audio/*`
    Audio,
    /// Everything else: `application/*`, `text/*`, `font/*`, `model/*`.
    Document,
}

impl Class {
    fn of(media_type: &MediaType) -> Self {
        match media_type.kind() {
            "image" => Self::Image,
            "video" => Self::Video,
            "audio" => Self::Audio,
            _ => Self::Document,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
        }
    }
}

/// Limits of which some are not said, and stay as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsChange {
    /// See [`Limits::memory_mib`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u32>,
    /// See [`Limits::deadline_ms`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u32>,
    /// See [`Limits::read_mib`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_mib: Option<u32>,
    /// See [`Limits::read_calls`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_calls: Option<u32>,
    /// See [`Limits::source_megapixels`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_megapixels: Option<u32>,
    /// See [`Limits::raster_mib`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raster_mib: Option<u32>,
    /// See [`Limits::frames`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<u32>,
    /// See [`Limits::log_lines`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_lines: Option<u32>,
}

impl LimitsChange {
    fn apply(&self, limits: &Limits) -> Limits {
        Limits {
            memory_mib: self.memory_mib.unwrap_or(limits.memory_mib),
            deadline_ms: self.deadline_ms.unwrap_or(limits.deadline_ms),
            read_mib: self.read_mib.unwrap_or(limits.read_mib),
            read_calls: self.read_calls.unwrap_or(limits.read_calls),
            source_megapixels: self.source_megapixels.unwrap_or(limits.source_megapixels),
            raster_mib: self.raster_mib.unwrap_or(limits.raster_mib),
            frames: self.frames.unwrap_or(limits.frames),
            log_lines: self.log_lines.unwrap_or(limits.log_lines),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(mib: u32) -> LimitsChange {
        LimitsChange {
            memory_mib: Some(mib),
            ..LimitsChange::default()
        }
    }

    #[test]
    fn a_handlers_own_budget_wins_over_its_class_and_that_over_the_rest() {
        let policy = BudgetPolicy {
            limits: Limits::default(),
            classes: BTreeMap::from([(Class::Video, memory(64))]),
            handlers: BTreeMap::from([("mp4".to_owned(), memory(1_024))]),
        };
        let memory_of = |name: &str, media_type: &str| {
            let media_type = media_type.parse().unwrap();
            policy.limits_of(name, &media_type).memory_mib
        };
        assert_eq!(memory_of("png", "image/png"), 512);
        assert_eq!(memory_of("webm", "video/webm"), 64);
        assert_eq!(memory_of("mp4", "video/mp4"), 1_024);
        assert_eq!(policy.largest_memory_mib(), 1_024);
    }

    #[test]
    fn an_unusable_budget_is_named_with_its_section() {
        let mut policy = BudgetPolicy::default();
        policy.handlers.insert("mp4".to_owned(), memory(1));
        let invalid = policy.validate().unwrap_err();
        assert_eq!(invalid.field, "handler.mp4.memory_mib");
    }
}
