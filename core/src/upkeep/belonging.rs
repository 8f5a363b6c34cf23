//! Files and records that belong together. A folder whose disk is not mounted and a server that was named by mistake
//! look like ones that lost everything, and what is done about losses would make the loss real.

use crate::{Error, Known, MediaKey, Result, Shard, SystemId, Upkeep};

/// How many thumbnails are looked up where the records do not say which system they are of.
const SAMPLE: usize = 100;

/// Whether the stored files and the records are of one system.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Belonging {
    /// Both say so.
    Together(SystemId),
    /// Not both say yet which system they are of, and nothing is against it.
    Unsaid,
    /// The files are of another system than the records, or of none.
    OtherFiles {
        /// Which system the files are of.
        files: Option<SystemId>,
        /// Which system the records are of.
        records: SystemId,
    },
    /// The records do not say, and most of the files that do are unknown to them.
    UnknownFiles {
        /// Which system the files are of.
        files: SystemId,
    },
}

impl Belonging {
    /// Passes unless files and records are of two systems.
    ///
    /// # Errors
    /// `Broken`, with what is to be done about it.
    pub fn check(self) -> Result<()> {
        match self {
            Self::Together(_) | Self::Unsaid => Ok(()),
            Self::OtherFiles {
                files: None,
                records,
            } => Err(Error::broken(
                "media",
                format!(
                    "nothing says that these files are of system {records}, which the records are of: is the disk \
                     mounted, and the folder the right one? If so, write `{records}` into a file `system-id` there"
                ),
            )),
            Self::OtherFiles {
                files: Some(files),
                records,
            } => Err(Error::broken(
                "media",
                format!(
                    "the files are of system {files} and the records of system {records}: either the media folder \
                     or the status store is not the right one"
                ),
            )),
            Self::UnknownFiles { files } => Err(Error::broken(
                "media",
                format!(
                    "the records know nothing of most files of system {files}: is the status store the right one, \
                     and has it lost nothing? If it is to begin anew, remove the file `system-id` of the media folder"
                ),
            )),
        }
    }
}

impl Upkeep {
    /// Tells whether files and records are of one system, and changes nothing.
    ///
    /// # Errors
    /// Those of the ports.
    pub async fn belonging(&self) -> Result<Belonging> {
        // The files say so first, so that records that do are of files that do, whoever joins at the same time.
        let records = self.status.system().await?;
        let files = self.media.system().await?;
        Ok(match (files, records) {
            (Some(files), Some(records)) if files == records => Belonging::Together(files),
            (files, Some(records)) => Belonging::OtherFiles { files, records },
            (Some(files), None) if self.most_are_unknown().await? => {
                Belonging::UnknownFiles { files }
            }
            (_, None) => Belonging::Unsaid,
        })
    }

    /// The same, and has both say so where they do not yet: those of a new system, and those that an older version
    /// made. From then on this process uses no others.
    ///
    /// The files come first. A record that is lost again, or never came, is made up for by the next call.
    ///
    /// # Errors
    /// Those of the ports.
    pub async fn join(&self) -> Result<Belonging> {
        let belonging = match self.belonging().await? {
            Belonging::Unsaid => {
                let files = self.media.join(SystemId::random()).await?;
                let records = self.status.join(files).await?;
                if files == records {
                    Belonging::Together(files)
                } else {
                    let files = Some(files);
                    Belonging::OtherFiles { files, records }
                }
            }
            said => said,
        };
        match belonging {
            Belonging::Together(system) => self.media.insist_on(system),
            Belonging::OtherFiles { records, .. } => self.media.insist_on(records),
            Belonging::Unsaid | Belonging::UnknownFiles { .. } => {}
        }
        Ok(belonging)
    }

    /// Looks up the media of some thumbnails. Originals tell nothing: they come before their records.
    async fn most_are_unknown(&self) -> Result<bool> {
        let (mut seen, mut unknown) = (0, 0);
        for shard in Shard::all() {
            let files = self.media.thumbnails(shard).await?;
            let named = |file: &crate::StoredFile| MediaKey::parse(file.key.as_str());
            let ids = files.iter().filter_map(named);
            let ids: Vec<_> = ids.map(|(_, file)| file.media_id()).take(SAMPLE).collect();
            let known = self.status.look_up(&ids).await?;
            seen += known.len();
            unknown += known
                .iter()
                .filter(|known| **known == Known::Absent)
                .count();
            if seen >= SAMPLE {
                break;
            }
        }
        Ok(unknown > seen / 2)
    }
}
