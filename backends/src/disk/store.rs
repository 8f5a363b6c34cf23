use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use rustix::fs::OFlags;
use thumbnailify_core::{ByteStream, Error, MediaKey, MediaStore, Result, Source};
use tokio::io::AsyncWriteExt;
use tokio::task;

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
    folder: Arc<Folder>,
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

    /// Refuses an upload that the reserve has no room for. A thumbnail may use the reserve up: it is what makes
    /// room again.
    async fn check_room_for(&self, key: &MediaKey) -> Result<()> {
        if !key.is_original() {
            return Ok(());
        }
        let settings = self.settings.clone();
        self.blocking(move |folder| settings.check(&folder.path("")))
            .await
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
    async fn put(&self, key: &MediaKey, body: ByteStream<'_>) -> Result<u64> {
        self.check_room_for(key).await?;
        let (temp, file) = self.blocking(TempFile::create).await?;
        let (file, length) = write_body(file, body).await?;
        let key = key.clone();
        self.blocking(move |folder| temp.persist(&file, folder, &folder.path(key.as_str())))
            .await?;
        Ok(length)
    }

    async fn get(&self, key: &MediaKey) -> Result<Option<Bytes>> {
        let key = key.clone();
        self.blocking(move |folder| open(folder, &key)?.map(read_all).transpose())
            .await
    }

    async fn open(&self, key: &MediaKey) -> Result<Option<Box<dyn Source>>> {
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
            settings.check(&folder.path(""))?;
            TempFile::create(folder).map(drop)
        })
        .await
    }
}

/// Writes the body as it comes and returns the file with its length.
async fn write_body(file: File, mut body: ByteStream<'_>) -> Result<(File, u64)> {
    let mut file = tokio::fs::File::from_std(file);
    file.set_max_buf_size(WRITE_BUFFER_BYTES);
    let mut length = 0_u64;
    while let Some(chunk) = body.try_next().await.map_err(Error::Body)? {
        file.write_all(&chunk).await.map_err(disk_error)?;
        length = length.saturating_add(chunk.len() as u64);
    }
    file.flush().await.map_err(disk_error)?;
    Ok((file.into_std().await, length))
}

fn open(folder: &Folder, key: &MediaKey) -> io::Result<Option<File>> {
    let mut options = File::options();
    options.read(true);
    options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    found(options.open(folder.path(key.as_str())))
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
