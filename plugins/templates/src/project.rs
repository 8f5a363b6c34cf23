use crate::sample::sample;
use crate::{C_BINDINGS, EmbeddedFile, Language, Name, SDK, WIT};

/// A file of a project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct File {
    /// Its path in the folder of the project, with slashes.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The whole project of a new handler.
#[must_use]
pub fn project(language: &Language, name: &Name) -> Vec<File> {
    let own = language.files.iter().map(|(path, bytes)| File {
        path: filled_in(path, name),
        bytes: match std::str::from_utf8(bytes) {
            Ok(text) => filled_in(text, name).into_bytes(),
            Err(_) => bytes.to_vec(),
        },
    });
    let mut files: Vec<_> = own.collect();
    files.extend(below("wit", WIT));
    match language.name {
        "c" => files.extend(below("bindings", C_BINDINGS)),
        "rust" => files.extend(below("sdk", SDK)),
        _ => {}
    }
    files.push(File {
        path: format!("sample.{}", name.extension()),
        bytes: sample(name),
    });
    files
}

fn filled_in(text: &str, name: &Name) -> String {
    text.replace("{{name}}", name.as_str())
        .replace("{{ident}}", &name.identifier())
        .replace("{{title}}", &name.title())
        .replace("{{extension}}", &name.extension())
}

fn below(folder: &str, files: &[EmbeddedFile]) -> impl Iterator<Item = File> {
    files.iter().map(move |(path, bytes)| File {
        path: format!("{folder}/{path}"),
        bytes: bytes.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LANGUAGES;

    #[test]
    fn nothing_is_left_to_fill_in() {
        let name: Name = "my-format".parse().unwrap();
        for language in LANGUAGES {
            let files = project(language, &name);
            let has = |path: &str| files.iter().any(|file| file.path == path);
            for path in [
                "Makefile",
                "README.md",
                ".gitignore",
                "wit/handler.wit",
                "sample.myformat",
            ] {
                assert!(has(path), "{}: {path}", language.name);
            }
            for file in files {
                let text = String::from_utf8_lossy(&file.bytes);
                for mark in ["{{name}}", "{{ident}}", "{{title}}", "{{extension}}"] {
                    assert!(
                        !text.contains(mark) && !file.path.contains(mark),
                        "{}",
                        file.path
                    );
                }
            }
        }
    }

    #[test]
    fn the_sdk_stands_alone() {
        let text_of = |path| {
            let (_, bytes) = SDK.iter().find(|(name, _)| *name == path).unwrap();
            std::str::from_utf8(bytes).unwrap()
        };
        assert!(!text_of("Cargo.toml").contains("workspace"));
        assert!(text_of("src/bindings.rs").contains("path: \"../wit\""));
    }
}
