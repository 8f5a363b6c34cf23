use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::mem;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{FutureExt, TryStreamExt};
use rustix::fs::OFlags;
use thumbnailify_core::{ByteStream, Error, MediaKey, MediaStore, Result, Source};
use tokio::task;
use tokio::task::coop::consume_budget;

use super::at_once::{open_at_once, read_at_once};
use super::error::disk_error;
use super::folder::Folder;
use super::reserve::DiskSettings;
use super::source::FileSource;
use super::temp_file::TempFile;

/// How much of a body is held in memory.
const WRITE_BUFFER_BYTES: usize = 256 << 10;

/// A [`MediaStore`] in a folder.
#[derive(Clone, Debug)]
pub struct DiskStore {
    pub(super) folder: Arc<Folder>,
    settings: DiskSettings,
}

impl DiskStore {
    /// Opens a folder with the default settings; see [`DiskStore::open_with`].
    ///
    /// # Errors
    /// As [`DiskStore::open_with`].
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_with(dir, DiskSettings::default())
    }

    /// Opens the folder, and makes it where it is missing, for this user alone.
    ///
    /// # Errors
    /// `Unavailable` or `DiskFull` when the folder cannot be used.
    pub fn open_with(dir: &Path, settings: DiskSettings) -> Result<Self> {
        let folder = Arc::new(Folder::open(dir).map_err(disk_error)?);
        Ok(Self { folder, settings })
    }

    /// Writes a part of a body behind those before it.
    async fn write(&self, begun: Option<Begun>, part: Vec<u8>, room: Room) -> Result<Begun> {
        self.blocking(move |folder| write(folder, begun, &part, &room))
            .await
    }

    /// What a file needs room for. A thumbnail may use the reserve up: it is what makes room again.
    fn room_for(&self, key: &MediaKey) -> Room {
        Room(key.is_original().then(|| self.settings.clone()))
    }

    /// Runs a step that waits for the disk on a thread that may wait.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        step: impl FnOnce(&Folder) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let folder = Arc::clone(&self.folder);
        let done = task::spawn_blocking(move || step(&folder)).await;
        done.map_err(|error| Error::unavailable("disk", error))?
            .map_err(disk_error)
    }
}

#[async_trait]
impl MediaStore for DiskStore {
    /// A small body that has come whole takes one step on a thread that may wait. One that has not gets its file while the
    /// rest is waited for, and is written part by part.
    async fn put(&self, key: &MediaKey, mut body: ByteStream<'_>) -> Result<u64> {
        let room = self.room_for(key);
        let (mut begun, mut part, mut length) = (None, Vec::new(), 0_u64);
        loop {
            // A stream loses nothing by being asked in vain.
            let next = match body.try_next().now_or_never() {
                Some(next) => next,
                None => {
                    if begun.is_none() {
                        let part = mem::take(&mut part);
                        begun = Some(self.write(None, part, room.clone()).await?);
                    }
                    body.try_next().await
                }
            };
            let Some(chunk) = next.map_err(Error::Body)? else {
                break;
            };
            part.extend_from_slice(&chunk);
            length = length.saturating_add(chunk.len() as u64);
            if part.len() >= WRITE_BUFFER_BYTES {
                begun = Some(
                    self.write(begun, mem::take(&mut part), room.clone())
                        .await?,
                );
            }
        }
        let key = key.clone();
        let persist = move |folder: &Folder| {
            let (temp, file) = write(folder, begun, &part, &room)?;
            folder.check_system()?;
            temp.persist(&file, folder, &folder.path(key.as_str()))
        };
        self.blocking(persist).await?;
        Ok(length)
    }

    async fn get(&self, key: &MediaKey) -> Result<Option<Bytes>> {
        consume_budget().await;
        if let Some(bytes) = read_at_once(&self.folder.path(key.as_str())) {
            return Ok(Some(bytes));
        }
        let key = key.clone();
        self.blocking(move |folder| open(folder, &key)?.map(read_all).transpose())
            .await
    }

    async fn open(&self, key: &MediaKey) -> Result<Option<Box<dyn Source>>> {
        consume_budget().await;
        if let Some(file) = open_at_once(&self.folder.path(key.as_str())) {
            let source = FileSource::new(file).map_err(disk_error)?;
            return Ok(Some(Box::new(source)));
        }
        let key = key.clone();
        let source = self
            .blocking(move |folder| open(folder, &key)?.map(FileSource::new).transpose())
            .await?;
        Ok(source.map(|source| Box::new(source) as Box<dyn Source>))
    }

    // Not synced: a deletion that a power cut undoes leaves a file that no status points at.
    async fn delete(&self, key: &MediaKey) -> Result<()> {
        let key = key.clone();
        self.blocking(move |folder| found(fs::remove_file(folder.path(key.as_str()))))
            .await?;
        Ok(())
    }

    async fn check(&self) -> Result<()> {
        let settings = self.settings.clone();
        self.blocking(move |folder| {
            folder.check_system()?;
            settings.check(&folder.path(""))?;
            TempFile::create(folder).map(drop)
        })
        .await
    }
}

/// A file that is being written.
type Begun = (TempFile, File);

/// What a new file must leave free.
#[derive(Clone, Debug)]
struct Room(Option<DiskSettings>);

impl Room {
    fn check(&self, folder: &Folder) -> io::Result<()> {
        let settings = self.0.as_ref();
        settings.map_or(Ok(()), |settings| settings.check(&folder.path("")))
    }
}

/// Writes a part of a body behind those before it; before the first there is no file yet, and it is not begun where
/// there is no room for it.
fn write(folder: &Folder, begun: Option<Begun>, part: &[u8], room: &Room) -> io::Result<Begun> {
    let (temp, mut file) = match begun {
        Some(begun) => begun,
        None => {
            room.check(folder)?;
            TempFile::create(folder)?
        }
    };
    file.write_all(part)?;
    Ok((temp, file))
}

/// Opens a file. That there is none is only true of the right folder.
fn open(folder: &Folder, key: &MediaKey) -> io::Result<Option<File>> {
    let mut options = File::options();
    options.read(true);
    options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    let file = found(options.open(folder.path(key.as_str())))?;
    if file.is_none() {
        folder.check_system()?;
    }
    Ok(file)
}

fn read_all(mut file: File) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// Turns the error that there is no such file into `None`.
pub(super) fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
