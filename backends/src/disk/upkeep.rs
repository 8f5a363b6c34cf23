use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use thumbnailify_core::{MediaKey, MediaUpkeep, Result, Shard, StoredFile, SystemId};

use super::folder::Folder;
use super::mark;
use super::store::{DiskStore, found};

#[async_trait]
impl MediaUpkeep for DiskStore {
    async fn originals(&self, shard: Shard) -> Result<Vec<StoredFile>> {
        self.blocking(move |folder| files(folder, "originals", shard))
            .await
    }

    async fn thumbnails(&self, shard: Shard) -> Result<Vec<StoredFile>> {
        self.blocking(move |folder| files(folder, "thumbnails", shard))
            .await
    }

    async fn remove_unfinished(&self, age: Duration) -> Result<u64> {
        self.blocking(move |folder| {
            let mut removed = 0;
            for entry in unfinished(folder, age)? {
                let gone = found(fs::remove_file(entry.path()))?;
                removed += u64::from(gone.is_some());
            }
            Ok(removed)
        })
        .await
    }

    async fn count_unfinished(&self, age: Duration) -> Result<u64> {
        self.blocking(move |folder| Ok(unfinished(folder, age)?.len() as u64))
            .await
    }

    async fn system(&self) -> Result<Option<SystemId>> {
        self.blocking(mark::read).await
    }

    async fn join(&self, system: SystemId) -> Result<SystemId> {
        self.blocking(move |folder| mark::write(folder, system))
            .await
    }

    fn insist_on(&self, system: SystemId) {
        self.folder.insist_on(system);
    }
}

/// The files of one kind in the folder of a shard.
fn files(folder: &Folder, kind: &str, Shard(first): Shard) -> io::Result<Vec<StoredFile>> {
    folder.check_system()?;
    let shard = format!("{kind}/{first:02x}");
    let mut files = Vec::new();
    for entry in entries(&folder.path(&shard))? {
        let name = entry.file_name();
        let key = name
            .to_str()
            .and_then(|name| MediaKey::parse(&format!("{shard}/{name}")));
        if let Some((key, _)) = key {
            files.extend(stored(key, &entry)?);
        }
    }
    Ok(files)
}

/// `None` where the file has gone meanwhile, or is none.
fn stored(key: MediaKey, entry: &DirEntry) -> io::Result<Option<StoredFile>> {
    let metadata = found(entry.metadata())?.filter(fs::Metadata::is_file);
    let Some(metadata) = metadata else {
        return Ok(None);
    };
    Ok(Some(StoredFile {
        key,
        bytes: metadata.len(),
        age: age(metadata.modified()?),
    }))
}

/// The temporary files that nobody has written to for so long.
fn unfinished(folder: &Folder, than: Duration) -> io::Result<Vec<DirEntry>> {
    let mut old = Vec::new();
    for entry in entries(&folder.temp_path(""))? {
        let Some(metadata) = found(entry.metadata())? else {
            continue;
        };
        if metadata.is_file() && age(metadata.modified()?) > than {
            old.push(entry);
        }
    }
    Ok(old)
}

/// What a folder holds: nothing, where it is not there or no folder.
fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

/// A file from the future is new.
fn age(modified: SystemTime) -> Duration {
    modified.elapsed().unwrap_or_default()
}
