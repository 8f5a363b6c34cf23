use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// I5: what a system has when all is quiet and everything was looked after.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Remains {
    /// The names of the files of originals, such as `0c9b….image~png`.
    pub originals: Vec<String>,
    /// The names of the files of thumbnails, such as `0c9b….1-1.png`.
    pub thumbnails: Vec<String>,
    /// The names of files that were never finished.
    pub unfinished: Vec<String>,
    /// All images that are listed, with their states.
    pub images: BTreeMap<String, String>,
    /// How many jobs wait in the queue.
    pub waiting: u64,
    /// How many are leased or put off.
    pub leased: u64,
}

impl Remains {
    /// The files of a media folder.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn of_media(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            originals: file_names(&folder.join("originals"))?,
            thumbnails: file_names(&folder.join("thumbnails"))?,
            unfinished: file_names(&folder.join("tmp"))?,
            ..Self::default()
        })
    }

    /// What has no purpose, in words. Empty when nothing is left behind.
    #[must_use]
    pub fn flaws(&self) -> Vec<String> {
        let unfinished = self.unfinished.iter();
        let unfinished = unfinished.map(|name| format!("tmp/{name} was never finished"));
        let mut flaws: Vec<_> = unfinished.collect();
        flaws.extend(self.needless_originals());
        flaws.extend(self.wrong_thumbnails());
        let states = self.images.iter();
        let open = states.filter(|(_, state)| *state != "Completed" && *state != "Error");
        flaws.extend(open.map(|(id, state)| format!("{id} is listed as {state}")));
        if self.waiting + self.leased > 0 {
            let (waiting, leased) = (self.waiting, self.leased);
            flaws.push(format!(
                "the queue has {waiting} jobs waiting and {leased} leased"
            ));
        }
        flaws
    }

    /// The upload of an Error stays, for another try.
    fn needless_originals(&self) -> impl Iterator<Item = String> {
        let needless = self.originals.iter().filter(|name| {
            let state = self.images.get(id_of(name)).map(String::as_str);
            state != Some("Error")
        });
        needless.map(|name| format!("originals/{name} serves no purpose"))
    }

    /// Each completed image has one, and nothing else has.
    fn wrong_thumbnails(&self) -> Vec<String> {
        let mut files = BTreeMap::<_, Vec<_>>::new();
        for name in &self.thumbnails {
            files.entry(id_of(name)).or_default().push(name.as_str());
        }
        let completed = |id: &str| {
            self.images
                .get(id)
                .is_some_and(|state| state == "Completed")
        };
        let mut wrong = Vec::new();
        for (id, names) in &files {
            if !completed(id) || names.len() > 1 {
                wrong.push(format!("thumbnails/{} are too many", names.join(" ")));
            }
        }
        let ids = self.images.keys().map(String::as_str);
        let missing = ids.filter(|id| completed(id) && !files.contains_key(id));
        wrong.extend(missing.map(|id| format!("{id} is completed and has no file")));
        wrong
    }
}

/// The name of a file begins with the id of its image.
fn id_of(name: &str) -> &str {
    name.split_once('.').map_or(name, |(id, _)| id)
}

/// The names of the files of a folder, at any depth. A folder that was never made has none.
fn file_names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.extend(file_names(&entry.path())?);
        } else {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a completed image and of one in Error.
    fn good() -> Remains {
        let images = [("1", "Completed"), ("2", "Error")];
        Remains {
            originals: vec!["2.image~png".into()],
            thumbnails: vec!["1.1-2.png".into()],
            images: images.map(|(id, state)| (id.into(), state.into())).into(),
            ..Remains::default()
        }
    }

    fn flaw_of(change: impl FnOnce(&mut Remains)) -> String {
        let mut remains = good();
        change(&mut remains);
        let flaws = remains.flaws();
        assert_eq!(flaws.len(), 1, "{flaws:?}");
        flaws[0].clone()
    }

    #[test]
    fn what_has_a_purpose_may_stay() {
        assert_eq!(good().flaws(), Vec::<String>::new());
    }

    #[test]
    fn each_thing_without_a_purpose_is_found() {
        let flaw = flaw_of(|remains| remains.unfinished.push("begun".into()));
        assert!(flaw.contains("tmp/begun"), "{flaw}");
        for name in ["1.image~png", "9.image~png"] {
            let flaw = flaw_of(|remains| remains.originals.push(name.into()));
            assert!(flaw.contains(name), "{flaw}");
        }
        for name in ["1.1-1.png", "2.1-1.png", "9.1-1.png"] {
            let flaw = flaw_of(|remains| remains.thumbnails.push(name.into()));
            assert!(flaw.contains(name), "{flaw}");
        }
        let flaw = flaw_of(|remains| remains.thumbnails.clear());
        assert!(flaw.contains("has no file"), "{flaw}");
        let flaw = flaw_of(|remains| drop(remains.images.insert("3".into(), "Processing".into())));
        assert!(flaw.contains("Processing"), "{flaw}");
        let flaw = flaw_of(|remains| remains.leased = 1);
        assert!(flaw.contains("1 leased"), "{flaw}");
    }

    #[test]
    fn the_files_of_a_media_folder_are_found_at_any_depth() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("thumbnails/0c/9b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("1.1-1.png"), b"").unwrap();
        let remains = Remains::of_media(folder.path()).unwrap();
        assert_eq!(remains.thumbnails, ["1.1-1.png"]);
        assert_eq!(remains.originals, Vec::<String>::new());
    }
}
