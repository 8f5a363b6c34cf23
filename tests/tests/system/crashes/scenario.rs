use std::fs;
use std::path::PathBuf;

use thumbnailify_load::pictures::Sample;
use thumbnailify_load::witness::Sight;
use thumbnailify_tests::eventually;

use super::installation::{Installation, Victim};
use super::trial::Trial;
use crate::losses::statuses_lose_all;
use crate::reconciling::{folder_of, plant};

/// What brings the victim to its crash point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scenario {
    /// A picture is uploaded.
    Upload,
    /// A picture is uploaded while the queue is full.
    Refusal,
    /// A worker makes a thumbnail.
    Job,
    /// What is uploaded is no picture.
    BadPicture,
    /// The handler crashes on the upload, each time.
    BadHandler,
    /// The thumbnail cannot be stored for now.
    StorageAway,
    /// The status store has lost the record of a job.
    RecordLost,
    /// A completed image is deleted.
    Deletion,
    /// Another try is asked for of an image in Error.
    Retry,
    /// There is an original without a record.
    OriginalAlone,
    /// The thumbnail of a completed image is lost, and its original is not.
    ThumbnailLost,
    /// The time of an image is over.
    Expiry,
    /// There is a thumbnail that no record names.
    Orphan,
}

/// An id of nobody.
const UNKNOWN: &str = "0c9ba0ca-4d2f-4f7f-b3d1-1fa0f1a1f4de";

impl Scenario {
    pub(super) fn victim(self) -> Victim {
        match self {
            Self::Upload | Self::Refusal | Self::Deletion | Self::Retry => Victim::Api,
            _ => Victim::Worker,
        }
    }

    /// What is set otherwise than in the other scenarios, by variables.
    pub(super) fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Refusal => &[
                ("THUMBNAILIFY_NATS__MAX_JOBS", "1"),
                ("THUMBNAILIFY_LIMITS__DEADLINE_MS", "4000"),
            ],
            // The job is to bring the record back, and not the original.
            Self::RecordLost => &[("THUMBNAILIFY_RECONCILE__UNRECORDED_AFTER_S", "600")],
            // The original must outlive the loss of the thumbnail.
            Self::ThumbnailLost => &[("THUMBNAILIFY_RECONCILE__FINISHED_AFTER_S", "600")],
            // Two seconds of a day.
            Self::Expiry => &[("THUMBNAILIFY_RETENTION__COMPLETED_DAYS", "0.000023")],
            _ => &[],
        }
    }

    /// Readies the folders before anything runs.
    pub(super) fn prepare(self, installation: &Installation) {
        if self == Self::StorageAway {
            fs::create_dir_all(installation.media()).unwrap();
            fs::write(in_the_way(installation), b"in the way").unwrap();
        }
    }

    /// Does what the victim dies of.
    pub(super) async fn provoke(self, trial: &mut Trial) {
        match self {
            Self::Upload | Self::Job | Self::StorageAway | Self::Expiry => {
                trial.upload_picture().await
            }
            Self::Refusal => refused_upload(trial).await,
            Self::BadPicture => trial.upload("image/png", b"no picture".into()).await,
            Self::BadHandler => trial.upload("application/x-faulty", b"panic".into()).await,
            Self::RecordLost => lost_record(trial).await,
            Self::Deletion => deletion(trial).await,
            Self::Retry => retry(trial).await,
            Self::OriginalAlone => {
                plant_original(trial, UNKNOWN);
                trial.ids.push(UNKNOWN.to_owned());
            }
            Self::ThumbnailLost => lost_thumbnail(trial).await,
            Self::Orphan => orphan(trial).await,
        }
    }

    /// Takes away what stood in the way, while the victim is dead.
    pub(super) fn mend(self, trial: &Trial) {
        if self == Self::StorageAway {
            fs::remove_file(in_the_way(&trial.installation)).unwrap();
        }
    }
}

/// A file where the folder of thumbnails should be.
fn in_the_way(installation: &Installation) -> PathBuf {
    installation.media().join("thumbnails")
}

/// The queue has room for one job, which runs until its handler is out of time.
async fn refused_upload(trial: &mut Trial) {
    trial.upload("application/x-faulty", b"loop".into()).await;
    trial.upload_picture().await;
}

async fn lost_record(trial: &mut Trial) {
    let Installation::Cluster(cluster) = &mut trial.installation else {
        panic!("an embedded store loses nothing");
    };
    cluster.workers[0].pause().unwrap();
    trial.upload_picture().await;
    let Installation::Cluster(cluster) = &mut trial.installation else {
        return;
    };
    statuses_lose_all(&cluster.redis);
    cluster.workers[0].resume().unwrap();
}

async fn deletion(trial: &mut Trial) {
    trial.upload_picture().await;
    trial.see_out().await;
    trial.witness.delete(&trial.ids[0]).await;
}

async fn retry(trial: &mut Trial) {
    trial.upload("image/png", b"no picture".into()).await;
    trial.see_out().await;
    trial.witness.retry(&trial.ids[0]).await;
}

/// Waits for the file, and does not look at the image: what a client has seen may not be taken back.
async fn completed_unseen(trial: &mut Trial) -> PathBuf {
    trial.upload_picture().await;
    let id = trial.ids[0].clone();
    let thumbnails = trial.installation.media().join("thumbnails");
    let original = original_of(trial, &id);
    // The original goes when the outcome is recorded.
    eventually("the thumbnail", async || {
        let files = fs::read_dir(thumbnails.join(folder_of(&id))).ok()?;
        let mut paths = files.map(|file| file.unwrap().path());
        paths.find(|_| !original.exists())
    })
    .await
}

fn original_of(trial: &Trial, id: &str) -> PathBuf {
    let folder = trial
        .installation
        .media()
        .join("originals")
        .join(folder_of(id));
    folder.join(format!("{id}.image~png"))
}

fn plant_original(trial: &Trial, id: &str) {
    let path = format!("originals/{}/{id}.image~png", folder_of(id));
    let file = Sample::tiny_png().unwrap().file;
    plant(trial.installation.media(), &path, &file);
}

async fn lost_thumbnail(trial: &mut Trial) {
    let file = completed_unseen(trial).await;
    plant_original(trial, &trial.ids[0].clone());
    fs::remove_file(file).unwrap();
}

async fn orphan(trial: &mut Trial) {
    trial.upload_picture().await;
    let id = trial.ids[0].clone();
    eventually("the outcome", async || {
        (trial.witness.look(&id).await == Sight::Completed).then_some(())
    })
    .await;
    let path = format!("thumbnails/{}/{id}.1-0.png", folder_of(&id));
    plant(trial.installation.media(), &path, b"a loser's");
}
