use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use thumbnailify_core::NewMedia;

/// Counts the uploads that were accepted, by media type: those that some handler takes, and so a few.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    accepted: Family<MediaTypeLabel, Counter>,
    bytes: Family<MediaTypeLabel, Counter>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct MediaTypeLabel {
    media_type: String,
}

impl Uploads {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let uploads = Self {
            accepted: Family::default(),
            bytes: Family::default(),
        };
        let help = "Uploads that were accepted: stored and recorded";
        registry.register("uploads", help, uploads.accepted.clone());
        let help = "Bytes of the uploads that were accepted, after decoding";
        registry.register("upload_bytes", help, uploads.bytes.clone());
        uploads
    }

    /// Counts one that was accepted.
    pub(crate) fn count(&self, new: &NewMedia) {
        let media_type = new.media_type.as_str().to_owned();
        let label = MediaTypeLabel { media_type };
        self.accepted.get_or_create(&label).inc();
        let bytes = self.bytes.get_or_create(&label);
        bytes.inc_by(new.original.bytes);
    }
}
