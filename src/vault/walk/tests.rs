//! The walk sees what is there, and beside a last look it sees the same.

use super::*;
use crate::vault::Patterns;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

/// A last look that is kept in memory.
#[derive(Default)]
struct Remembered {
    files: Vec<File>,
    notes: usize,
    folders: BTreeMap<PathBuf, Vec<(Vec<u8>, u32)>>,
    apart: Vec<u32>,
}

impl Remembered {
    fn of(notes: Vec<File>, attachments: Vec<File>) -> Remembered {
        let mut last = Remembered { notes: notes.len(), ..Remembered::default() };
        last.files = notes.into_iter().chain(attachments).collect();
        for (number, file) in last.files.iter().enumerate() {
            let path = on_disk(file);
            let name = path.file_name().expect("a name").as_encoded_bytes().to_vec();
            last.folders.entry(path.parent().expect("a folder").to_owned()).or_default().push((name, number as u32));
            last.apart.extend(file.on_disk.is_some().then_some(number as u32));
        }
        last.folders.values_mut().for_each(|files| files.sort());
        last
    }

    /// The files after a walk beside this look, in path order.
    fn and(&self, walk: &Walk) -> (Vec<File>, Vec<File>) {
        assert_eq!(walk.still_there.len(), self.files.len());
        let restamped: BTreeMap<u32, Stamp> = walk.restamped.iter().copied().collect();
        let stayed = |numbers: std::ops::Range<usize>, new: &[File]| {
            let mut files: Vec<File> = numbers
                .filter(|number| walk.still_there[*number])
                .map(|number| File {
                    stamp: restamped.get(&(number as u32)).copied().unwrap_or(self.files[number].stamp),
                    ..self.files[number].clone()
                })
                .chain(new.iter().cloned())
                .collect();
            files.sort_by(|a, b| a.path.cmp(&b.path).then_with(|| a.on_disk.cmp(&b.on_disk)));
            files
        };
        (stayed(0..self.notes, &walk.new_notes), stayed(self.notes..self.files.len(), &walk.new_attachments))
    }
}

impl LastLook for Remembered {
    fn notes(&self) -> usize {
        self.notes
    }

    fn attachments(&self) -> usize {
        self.files.len() - self.notes
    }

    fn files_in<'l>(&'l self, folder: &Path) -> Option<Vec<(Cow<'l, [u8]>, u32)>> {
        Some(self.folders.get(folder)?.iter().map(|(name, number)| (Cow::Borrowed(name.as_slice()), *number)).collect())
    }

    fn stamp(&self, note: u32) -> Stamp {
        self.files[note as usize].stamp
    }

    fn note_path(&self, file: u32) -> Cow<'_, str> {
        Cow::Borrowed(self.files[file as usize].path.as_str())
    }

    fn spelled_apart(&self) -> Vec<u32> {
        self.apart.clone()
    }
}

fn on_disk(file: &File) -> PathBuf {
    file.on_disk.clone().unwrap_or_else(|| PathBuf::from(file.path.as_str()))
}

/// A name of a folder or a file: plain, hidden, with composed letters and the same decomposed, no text at all.
fn name(number: usize) -> PathBuf {
    #[cfg(unix)]
    if number == 24 {
        use std::os::unix::ffi::OsStrExt;
        return PathBuf::from(OsStr::from_bytes(b"\xFF.md"));
    }
    let names = ["\\xFF.md", "a.md", "A.md", "\u{e4}.md", "a\u{308}.md", "\u{e4}.png", "a\u{308}.png", "p.PNG", ".gitignore"];
    let more = [".b.md", "c.mD", "a", "a b", ".h", "node_modules", "\u{e4}", "a\u{308}", ".DS_Store", "\u{1e69}.md"];
    let rare = ["s\u{323}\u{307}.md", "s\u{307}\u{323}.md", "\u{212b}.md", "\u{c5}.md", "A\u{30a}.md"];
    names.iter().chain(&more).chain(&rare).nth(number % 25).map_or_else(|| PathBuf::from("d.md"), PathBuf::from)
}

fn path() -> impl Strategy<Value = PathBuf> {
    prop::collection::vec(0..25_usize, 1..4).prop_map(|parts| parts.into_iter().map(name).collect())
}

/// Something done to a folder; what cannot be done is not.
#[derive(Clone, Debug)]
enum Step {
    Write(PathBuf, usize),
    WriteMany(PathBuf),
    Remove(PathBuf),
    Move(PathBuf, PathBuf),
    Link(PathBuf, PathBuf),
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (path(), 0..4_usize).prop_map(|(path, size)| Step::Write(path, size)),
        1 => path().prop_map(Step::WriteMany),
        2 => path().prop_map(Step::Remove),
        3 => (path(), path()).prop_map(|(from, to)| Step::Move(from, to)),
        2 => (path(), path()).prop_map(|(target, link)| Step::Link(target, link)),
    ];
    prop::collection::vec(step, 0..most)
}

fn take(root: &Path, steps: &[Step]) {
    let lay = |path: &Path, bytes: &[u8]| {
        let full = root.join(path);
        let _ = fs::create_dir_all(full.parent().expect("a folder"));
        let _ = fs::write(full, bytes);
    };
    for step in steps {
        match step {
            // Most are no patterns; these leave out, and take back.
            Step::Write(path, size) => lay(path, [&b""[..], b"a.md\n", b"!a.md\n/a b\n", b"[z-a]\n*.png\n"][*size]),
            Step::WriteMany(folder) => {
                (0..FILES_OF_A_TASK + 10).for_each(|number| lay(&folder.join(format!("{number}.md")), b""));
            }
            Step::Remove(path) => {
                let _ = fs::remove_file(root.join(path)).or_else(|_| fs::remove_dir_all(root.join(path)));
            }
            Step::Move(from, to) => {
                let _ = fs::create_dir_all(root.join(to).parent().expect("a folder"));
                let _ = fs::rename(root.join(from), root.join(to));
            }
            Step::Link(target, link) => {
                let _ = fs::create_dir_all(root.join(link).parent().expect("a folder"));
                #[cfg(unix)]
                let _ = std::os::unix::fs::symlink(root.join(target), root.join(link));
                #[cfg(not(unix))]
                let _ = target;
            }
        }
    }
}

fn laid(steps: &[Step]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    take(folder.path(), steps);
    folder
}

/// Holds that a walk beside the last look at a folder and one without describe the same files.
fn check_beside(root: &Path, settings: &Settings, last: &Remembered) -> Walk {
    let (fresh, beside) = (walk(root, settings, None), walk(root, settings, Some(last)));
    assert_eq!(last.and(&beside), (fresh.new_notes, fresh.new_attachments));
    assert_eq!((beside.left_out, &beside.unread), (fresh.left_out, &fresh.unread));
    assert!(fresh.still_there.is_empty() && fresh.restamped.is_empty());
    beside
}

fn look(root: &Path, settings: &Settings) -> Remembered {
    let walk = walk(root, settings, None);
    Remembered::of(walk.new_notes, walk.new_attachments)
}

fn lay(folder: &TempDir, path: &str) {
    let full = folder.path().join(path);
    fs::create_dir_all(full.parent().expect("a folder")).expect("folders");
    fs::write(full, "").expect("a file");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_beside_the_last_look_sees_the_same(
        before in steps(40), after in steps(8), gitignore: bool, excludes: bool
    ) {
        let folder = laid(&before);
        let root = folder.path();
        let patterns = if excludes { vec!["c.md".to_owned(), "a b/".to_owned(), "!p.PNG".to_owned()] } else { Vec::new() };
        let exclude = Patterns::new(root, &patterns).expect("patterns");
        let settings = Settings { gitignore, exclude, ..Settings::default() };
        let last = look(root, &settings);
        let unchanged = check_beside(root, &settings, &last);
        prop_assert!(unchanged.still_there.iter().all(|is_there| *is_there), "{unchanged:?}");
        prop_assert!(unchanged.new_notes.is_empty() && unchanged.new_attachments.is_empty() && unchanged.restamped.is_empty());
        take(root, &after);
        check_beside(root, &settings, &last);
    }

    /// What stands behind links to folders aside, the files are those that a plain walk finds.
    #[test]
    fn a_walk_finds_every_file(steps in steps(40)) {
        let folder = laid(&steps);
        let walk = walk(folder.path(), &Settings::default(), None);
        let (mut plain, mut links) = (BTreeSet::new(), Vec::new());
        let is_open = |entry: &walkdir::DirEntry| {
            entry.depth() == 0 || !entry.file_type().is_dir() || !is_ignored(entry.file_name())
        };
        for entry in walkdir::WalkDir::new(folder.path()).into_iter().filter_entry(is_open) {
            let path = entry.expect("an entry").into_path();
            let Ok(target) = fs::metadata(&path) else { continue };
            let inside = path.strip_prefix(folder.path()).expect("inside").to_owned();
            let is_ours = path.file_name().and_then(OsStr::to_str).is_some_and(is_ignored_file);
            if target.is_file() && !is_ours {
                plain.insert(inside);
            } else if target.is_dir() && path.is_symlink() {
                links.push(inside);
            }
        }
        let found: Vec<PathBuf> = walk.new_notes.iter().chain(&walk.new_attachments).map(on_disk).collect();
        let is_behind = |path: &PathBuf| links.iter().any(|link| path.starts_with(link));
        let found: BTreeSet<_> = found.into_iter().filter(|path| !is_behind(path)).collect();
        prop_assert_eq!(found, plain);
    }
}

/// What came, went and was written is all that is told, and each by itself.
#[test]
fn only_what_changed_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    ["a.md", "b.md", "gone.md", "sub/c.md", "sub/p.png", "x/deep.md"].iter().for_each(|path| lay(&folder, path));
    let settings = Settings::default();
    let last = look(folder.path(), &settings);
    fs::write(folder.path().join("b.md"), "longer").expect("a note");
    fs::remove_file(folder.path().join("gone.md")).expect("no note");
    fs::remove_dir_all(folder.path().join("x")).expect("no folder");
    ["x", "sub/New.md", "Sub.md/d.md"].iter().for_each(|path| lay(&folder, path));
    let walk = check_beside(folder.path(), &settings, &last);
    let paths = |files: &[File]| files.iter().map(|file| file.path.to_string()).collect::<Vec<_>>();
    assert_eq!(paths(&last.files), ["a.md", "b.md", "gone.md", "sub/c.md", "x/deep.md", "sub/p.png"]);
    assert_eq!(walk.still_there, [true, true, false, true, false, true]);
    assert_eq!(walk.restamped.iter().map(|(number, stamp)| (*number, stamp.size)).collect::<Vec<_>>(), [(1, 6)]);
    assert_eq!(paths(&walk.new_notes), ["Sub.md/d.md", "sub/New.md"]);
    assert_eq!(paths(&walk.new_attachments), ["x"]);
}

/// A name that differs from another in nothing but composition makes all files new when it comes or goes; any other change
/// in a folder of decomposed names does not.
#[test]
fn twins_make_all_new() {
    let (composed, decomposed, other) = ("\u{e4}.md", "a\u{308}.md", "o\u{308}.md");
    let is_all_new = |before: &[&str], comes: &[&str], goes: &[&str]| {
        let folder = tempfile::tempdir().expect("a folder");
        before.iter().for_each(|path| lay(&folder, path));
        let last = look(folder.path(), &Settings::default());
        comes.iter().for_each(|path| lay(&folder, path));
        goes.iter().for_each(|path| fs::remove_file(folder.path().join(path)).expect("no file"));
        let walk = check_beside(folder.path(), &Settings::default(), &last);
        !walk.still_there.contains(&true)
    };
    // Some disks hold these for one name.
    let probe = tempfile::tempdir().expect("a folder");
    lay(&probe, composed);
    if probe.path().join(decomposed).exists() {
        return;
    }
    assert!(is_all_new(&["n.md", composed], &[decomposed], &[]));
    assert!(is_all_new(&["n.md", decomposed], &[composed], &[]));
    assert!(is_all_new(&["n.md", composed, decomposed], &[], &[composed]));
    assert!(is_all_new(&["n.md", composed, decomposed], &[], &[decomposed]));
    assert!(is_all_new(&["n.md", decomposed], &[composed], &[decomposed]));
    assert!(!is_all_new(&["n.md", decomposed], &[other, "m.md"], &[]));
    assert!(!is_all_new(&["n.md", decomposed, other], &[], &[other]));
    assert!(!is_all_new(&["n.md", composed, decomposed], &[other], &["n.md"]));
}

/// A link to a hidden folder is entered and so not left out, and a `.gitignore` beside a link has a say on it wherever it
/// lies. A flawed one is said once.
#[cfg(unix)]
#[test]
fn links_are_where_they_lie() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    [".one/a.md", ".two/b.md", "sub/n.md", "z/n.md"].iter().for_each(|path| lay(&folder, path));
    fs::write(folder.path().join(".one/.gitignore"), "[z-a]\n").expect("a file");
    fs::write(folder.path().join("sub/.gitignore"), "two/\n").expect("a file");
    symlink("../.one", folder.path().join("sub/one")).expect("a link");
    symlink("../.one", folder.path().join("sub/twin")).expect("a link");
    symlink("../.two", folder.path().join("sub/two")).expect("a link");
    let walk = walk(folder.path(), &Settings { gitignore: true, ..Settings::default() }, None);
    let paths: Vec<_> = walk.new_notes.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["sub/n.md", "sub/one/a.md", "z/n.md"]);
    assert_eq!(walk.left_out, LeftOut { folders: 2, links: 1, excluded: 1 });
    let unread: Vec<_> = walk.unread.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(unread, ["sub/one/.gitignore"]);
}

/// Folders as deep as a path can be opened, with files for more than one task: nothing is as deep as they are.
#[test]
fn deep_folders() {
    let folder = tempfile::tempdir().expect("a folder");
    let depth = if cfg!(target_os = "linux") { 900 } else { 100 };
    let deep = folder.path().join("ddd/".repeat(depth));
    fs::create_dir_all(&deep).expect("folders");
    (0..FILES_OF_A_TASK * 3).for_each(|number| fs::write(deep.join(format!("{number}.md")), "").expect("a note"));
    let last = look(folder.path(), &Settings::default());
    assert_eq!((last.notes, last.apart.len()), (FILES_OF_A_TASK * 3, 0));
    check_beside(folder.path(), &Settings::default(), &last);
}
