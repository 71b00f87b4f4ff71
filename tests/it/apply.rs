//! Links written in place of mentions: what is written is what was shown, and nothing else changes.

use crate::{ask, ask_kept};
use resonote::cli::Exit;
use std::fs;
use std::path::Path;

/// Writes the links of a note, and gives back its bytes.
fn applied(notes: &[(&str, &[u8])], arguments: &[&str], asked: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in notes {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a note");
    }
    let arguments = [&["mentions", "--apply"], arguments].concat();
    let shown = ask(folder.path(), &arguments);
    let before = fs::read(folder.path().join(asked)).expect("a note");
    assert_eq!(before, notes.iter().find(|(path, _)| *path == asked).expect("a note").1, "showing writes nothing");
    let written = ask(folder.path(), &[&arguments[..], &["--yes"]].concat());
    assert_eq!((&shown.out, shown.exit), (&written.out, written.exit), "{}", written.err);
    fs::read(folder.path().join(asked)).expect("a note")
}

fn check(text: &[u8], expected: &[u8]) {
    let notes: [(&str, &[u8]); 3] = [("calm.md", b""), ("mirror neurons.md", b"---\naliases: [MNS]\n---\n"), ("text.md", text)];
    let found = applied(&notes, &["--in", "text.md"], "text.md");
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(found == expected, "{:?}\n{:?}", shown(&found), shown(expected));
}

#[test]
fn bytes_outside_of_a_link_stay() {
    check(b"Be calm.", b"Be [[calm]].");
    check(b"One.\r\nBe Calm.\r\n", b"One.\r\nBe [[Calm]].\r\n");
    check(b"\xEF\xBB\xBFBe calm", b"\xEF\xBB\xBFBe [[calm]]");
    check(b"One.\rBe calm.\r", b"One.\rBe [[calm]].\r");
    check("Oneâ€™s calm. ß\u{301}".as_bytes(), "Oneâ€™s [[calm]]. ß\u{301}".as_bytes());
    check("---\ntitle: calm thing\n---\nß calm.\n\n\n".as_bytes(), "---\ntitle: calm thing\n---\nß [[calm]].\n\n\n".as_bytes());
    check(b"calm \xFF then calm", b"[[calm]] \xFF then calm");
    check(b"It is\nmirror\nneurons or the MNS", b"It is\nmirror\nneurons or the [[MNS]]");
    check(b"A *mirror* neuron; mirror\\* neuron; mirror neurons", b"A *mirror* neuron; mirror\\* neuron; [[mirror neurons]]");
    check(
        b"| a | b |\n|---|---|\n| mirror neuron | calmest calms |\n",
        b"| a | b |\n|---|---|\n| [[mirror neurons\\|mirror neuron]] | calmest [[calm\\|calms]] |\n",
    );
    // No row of dashes makes a table but one of bars, as the parser has it.
    check(b"---\ntags: [a]\n---\nIt calms.", b"---\ntags: [a]\n---\nIt [[calm|calms]].");
    check(b"Title\n---\nIt calms.", b"Title\n---\nIt [[calm|calms]].");
    check(b"a b\n--|--\nIt calms.", b"a b\n--|--\nIt [[calm|calms]].");
    check(b"a | b\n--|--\nIt calms.\n\nEnd", b"a | b\n--|--\nIt [[calm\\|calms]].\n\nEnd");
    check(b"\xEF\xBB\xBF> a | b\n> --|--\n> calms | c\n", b"\xEF\xBB\xBF> a | b\n> --|--\n> [[calm\\|calms]] | c\n");
    // Where nothing can be one, nothing is written.
    for left in [
        &b"\xFF calm"[..],
        b"\xFF\xFEc\0a\0l\0m\0",
        b"# Be calm",
        b"#calm",
        b"`` calm ``",
        b"<!-- calm -->",
        b"%% calm %%",
        b"%% calm",
        b"$$\ncalm\n\nmirror neurons\n$$",
        b"[calm][1] [calm] [^calm]\n\n[1]: x\n[^calm]: x",
        b"calm:: 1",
        b"x/calm calm/x me@calm.org www.calm.org _calm\\_",
        b"calm.md calm.org x.calm calm.org/x C:calm calm:x @calm",
        b"[[x|calm",
        b"[[calm x]]",
        b"    calm",
    ] {
        check(left, left);
    }
}

/// What relates a link stays what it is, though a concept bears its name.
#[test]
fn a_key_is_no_mention() {
    let vault: [(&str, &[u8]); 6] = [
        (".resonote.toml", b"relation-items = true"),
        ("Source.md", b""),
        ("See also.md", b""),
        ("up.md", b""),
        ("x.md", b""),
        ("text.md", b""),
    ];
    let typed = "Source: [[x]]\n\nSee also: [[x]], [[up]].\n\n**Source:** [[x]]\n\n- Source: [[x]]\n\n> *See also*: [x](x.md)\n\n\
        up:: [[x]]\n\nSo [up:: x] it (source:: 1) is\n\n- source [[x]] (why)\n";
    let of = |text: &str, arguments: &[&str]| {
        let mut notes = vault;
        notes[5].1 = text.as_bytes();
        String::from_utf8(applied(&notes, arguments, "text.md")).expect("a text")
    };
    for asked in [&["--in", "text.md", "--every"][..], &["Source", "--every"], &["See also"], &["up"]] {
        assert_eq!(of(typed, asked).replace("[up:: [[x]]]", "[up:: x]"), typed, "{asked:?}");
    }
    // Where the key relates nothing, it is a word.
    assert_eq!(of("Source: nobody knows", &["Source"]), "[[Source]]: nobody knows");
    assert_eq!(of("Source: up\n", &["up"]), "Source: [[up]]\n");
    // A link that would be related by the new one's being there stays as it is.
    assert_eq!(of("Because: up, [[x]]", &["up"]), "Because: up, [[x]]");
    // The next place is taken, then.
    assert_eq!(
        of("Because: up, [[x]]\n\nSo: up, [[x]]\n\nAnd up, up.", &["up"]),
        "Because: up, [[x]]\n\nSo: up, [[x]]\n\nAnd [[up]], up."
    );
}

#[test]
fn the_link_means_whom_it_should() {
    let twins: [(&str, &[u8]); 4] = [
        ("a/twin.md", b"---\ntitle: First\n---\n"),
        ("b/twin.md", b""),
        ("b/c.md", b"The first, the twin."),
        ("First/x.md", b""),
    ];
    let found = applied(&twins, &["a/twin.md"], "b/c.md");
    assert_eq!(String::from_utf8_lossy(&found), "The [[first]], the twin.");
    // Obsidian knows no titles.
    let found = applied(&twins, &["a/twin.md", "--strict"], "b/c.md");
    assert_eq!(String::from_utf8_lossy(&found), "The [[a/twin|first]], the twin.");
    let turned: [(&str, &[u8]); 3] =
        [(".resonote.toml", b"pipe = \"label-first\""), ("calm.md", b""), ("text.md", b"They calms us.")];
    assert_eq!(applied(&turned, &["calm"], "text.md"), b"They [[calms|calm]] us.");
    let every: [(&str, &[u8]); 2] = [("calm.md", b""), ("text.md", b"calm [[calm]] Calm calm")];
    assert_eq!(applied(&every, &["calm"], "text.md"), b"calm [[calm]] Calm calm");
    assert_eq!(applied(&every, &["calm", "--every"], "text.md"), b"[[calm]] [[calm]] [[Calm]] [[calm]]");
}

/// What was written is a link from then on, and no mention any more.
#[test]
fn what_is_written_is_linked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (vault, cache) = (folder.path().join("vault"), folder.path().join("cache"));
    fs::create_dir(&vault).expect("a vault");
    fs::write(vault.join("calm.md"), "").expect("a note");
    fs::write(vault.join("text.md"), "They calms us.").expect("a note");
    let written = ask_kept(&vault, &cache, &["mentions", "calm", "--apply", "--yes", "--json"]);
    assert_eq!((written.err.as_str(), written.exit), ("written: 1 link in 1 note\n", Exit::Answered));
    let links = ask_kept(&vault, &cache, &["links", "--all"]);
    assert_eq!(links.out, "text.md:1:6: [[calm|calms]] -> calm.md · label \"calms\"\n");
    assert_eq!(ask_kept(&vault, &cache, &["mentions", "calm"]).exit, Exit::Nothing);
    assert_eq!(ask_kept(&vault, &cache, &["mentions", "calm", "--apply", "--yes"]).exit, Exit::Nothing);
    let left: Vec<_> = fs::read_dir(&vault).expect("a vault").map(|entry| entry.expect("a file").file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_note_keeps_its_place_and_its_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().expect("a folder");
    let vault = folder.path().join("vault");
    fs::create_dir_all(vault.join("real")).expect("a vault");
    let write = |path: &Path, text: &str| fs::write(path, text).expect("a note");
    write(&vault.join("calm.md"), "");
    write(&vault.join("real/note.txt"), "Be calm.");
    write(&folder.path().join("outside.md"), "Be calm.");
    symlink(vault.join("real/note.txt"), vault.join("inside.md")).expect("a link");
    symlink(folder.path().join("outside.md"), vault.join("outside.md")).expect("a link");
    write(&vault.join("own.md"), "Be calm.");
    fs::set_permissions(vault.join("own.md"), fs::Permissions::from_mode(0o640)).expect("permissions");
    write(&vault.join("shut.md"), "Be calm.");
    fs::set_permissions(vault.join("shut.md"), fs::Permissions::from_mode(0o444)).expect("permissions");
    let said = ask(&vault, &["mentions", "calm", "--apply", "--yes"]);
    assert_eq!(said.exit, Exit::Failed);
    assert!(said.err.contains("error: outside.md is not written: it is a link to a file outside of the vault"), "{}", said.err);
    assert!(said.err.contains("written: 2 of 4 notes"), "{}", said.err);
    assert!(said.err.contains("error: shut.md is not written: it is read-only"), "{}", said.err);
    let text = |path: &Path| fs::read_to_string(path).expect("a note");
    assert_eq!(text(&vault.join("real/note.txt")), "Be [[calm]].");
    assert!(vault.join("inside.md").symlink_metadata().expect("a link").is_symlink());
    assert_eq!(text(&folder.path().join("outside.md")), "Be calm.");
    assert_eq!(text(&vault.join("shut.md")), "Be calm.");
    assert_eq!(text(&vault.join("own.md")), "Be [[calm]].");
    assert_eq!(fs::metadata(vault.join("own.md")).expect("a note").permissions().mode() & 0o777, 0o640);
}

/// Texts and names made to hurt: what looks for names in them goes through them once.
#[test]
fn hostile_names_and_texts_are_gone_through_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).expect("a note");
    let size = if std::env::var_os("RESONOTE_HOSTILE").is_some() { 20 } else { 1 };
    // Each name is the beginning of the next, and the text begins all of them everywhere.
    let chain: Vec<String> = (1..30).map(|words| format!("  - {}aa b", "aa ".repeat(words))).collect();
    write("chain.md", &format!("---\naliases:\n{}\n---\n", chain.join("\n")));
    write("repeated.md", &"aa ".repeat(20_000 * size));
    let many: Vec<String> = (0..5_000 * size).map(|number| format!("  - shared words before {number}x")).collect();
    write("many.md", &format!("---\naliases:\n{}\n---\n", many.join("\n")));
    let said: Vec<String> = (0..5_000 * size).map(|number| format!("shared words before {number}x and shared words")).collect();
    write("one line.md", &said.join(" "));
    for (at, name) in ["*_`[", "\u{202E}", "$$", "a", "7", "<b>", "x\u{7}y", "%%", "🙂", "&amp;"].iter().enumerate() {
        write(&format!("odd{at}.md"), &format!("---\naliases: [{name:?}]\n---\n{name} and {name}s"));
    }
    let ask = |arguments: &[&str]| ask(folder.path(), arguments);
    let many = ask(&["mentions", "many", "--every", "--limit", "3", "--json"]);
    assert!(many.out.contains(&format!("\"total\":{},", 5_000 * size)), "{}", many.out);
    assert_eq!(ask(&["mentions", "chain"]).exit, Exit::Nothing);
    let shown = ask(&["mentions", "--in", "one line", "--apply"]);
    assert!(
        shown.out.contains("+[[many|shared words before 0x]]") || shown.out.contains("+[[shared words before 0x]]"),
        "{}",
        shown.out
    );
    assert!(shown.out.len() > 2 * said.join(" ").len(), "what would be written is shown to its end");
    for arguments in [&["mentions", "--in", "repeated"][..], &["mentions", "odd6"], &["mentions", "odd6", "--apply"]] {
        let said = ask(arguments);
        assert!(!said.out.contains(['\u{7}', '\u{202E}']), "{arguments:?}: {}", said.out);
    }
}
