//! Processes that are killed, stopped or meet at the same cache: the next question has the old moment or the new one, whole,
//! and nothing is left lying about. `RESONOTE_KILLS` makes the killing longer.

use crate::moments::{Home, LAST_MOMENT, QUESTIONS, Told, WAITED, debris, notices, told};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The vault at some moment: a few notes say something else, one is new, one is gone, one has moved.
fn change(home: &Home, moment: usize) {
    let at = |step: usize| (moment * 7 + step * 13) % 280;
    for step in 0..3 {
        let (note, next) = (at(step) / 6 * 6, at(step + 1));
        home.write(&format!("f0/n{note}.md"), &format!("grief theory {moment} and sleep [[n{next}]] [[moment {moment}]].\n"));
    }
    home.write(&format!("new/moment {moment}.md"), &format!("grief number{moment} [[n{}]] [[n30]]", at(4)));
    let _ = fs::remove_file(home.vault.join(format!("new/moment {}.md", moment.wrapping_sub(2))));
    let (here, there) = (home.vault.join("f1/n31.md"), home.vault.join("f2/n31.md"));
    let _ = if here.exists() { fs::rename(here, there) } else { fs::rename(there, here) };
}

fn start(mut launch: Command) -> Child {
    launch.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a launch")
}

/// How long a launch lives, the longest of a few.
fn life(home: &Home, question: &[&str], prepare: &dyn Fn(usize)) -> Duration {
    let lives = (0..3).map(|turn| {
        prepare(turn);
        let begun = Instant::now();
        assert!(home.launch(question).output().expect("a launch").status.code().is_some_and(|code| code < 2));
        begun.elapsed()
    });
    lives.max().unwrap_or_default()
}

/// Questions whose answers quote no note: what has changed since is quoted as it is now, or not at all.
const KEPT: [&[&str]; 3] = [&["stats", "--json"], &["check", "--json"], &["tags", "--json"]];

/// How big the files below a folder are together, and how many.
fn size(folder: &Path) -> (u64, usize) {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let sizes: Vec<u64> = files.filter_map(|file| file.metadata().ok()).filter(|it| it.is_file()).map(|it| it.len()).collect();
    (sizes.iter().sum(), sizes.len())
}

#[test]
fn killed_at_any_instant_the_next_question_is_right() {
    let kills: usize = std::env::var("RESONOTE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(100);
    let home = Home::of(120);
    let begin_anew = || _ = fs::remove_dir_all(&home.cache);
    let victims: [(&[&str], bool); 7] = [
        (&["index"], true),
        (&["index", "--mentions"], true),
        (&["index"], false),
        (QUESTIONS[1], false),
        (QUESTIONS[0], false),
        (QUESTIONS[6], false),
        (&["index", "--rebuild"], false),
    ];
    let mut moment = 0;
    for (number, (victim, is_cold)) in victims.into_iter().enumerate() {
        let kept_question = KEPT[number % KEPT.len()];
        let longest = life(&home, victim, &|turn| if is_cold { begin_anew() } else { change(&home, 1_000 + turn) });
        let kills = kills / victims.len();
        let mut old = home.fresh(kept_question);
        for kill in 0..kills {
            moment += 1;
            if is_cold {
                begin_anew();
            } else {
                change(&home, moment);
            }
            let mut process = start(home.launch(victim));
            sleep(longest.mul_f64(1.1 * (kill as f64 + fastrand::Rng::with_seed(moment as u64).f64()) / kills as f64));
            process.kill().expect("a kill");
            process.wait().expect("an end");
            let story = format!("{victim:?}, killed for the {kill}th time of {kills}");
            // Without a look: the old moment or the new one.
            let (kept, new) = (home.ask(&[kept_question, &["--no-refresh"]].concat()), home.fresh(kept_question));
            assert!([&old, &new].iter().any(|it| it.answer() == kept.answer()), "{story}: {kept:?}\n{old:?}\n{new:?}");
            assert_eq!(notices(&story, &kept, &new), [""; 0], "{story}");
            old = new;
            // With one: the new one.
            assert_eq!(home.hold(&story, QUESTIONS[moment % QUESTIONS.len()]), [""; 0], "{story}");
        }
    }
    home.hold("at the end", QUESTIONS[1]);
    let (place, other) = (home.place(), Home::of(120));
    for moment in 0..4 {
        assert_eq!(other.ask(&["index"]).code, Some(0));
        change(&other, moment);
    }
    assert_eq!(debris(&place), [""; 0]);
    let ((bytes, files), (most, most_files)) = (size(&place), size(&other.place()));
    // A fresh cache has some segments; so many kills may leave as many again as merging takes together, and no more.
    assert!(bytes < 2 * most && files < most_files + 7 * 7, "{bytes} bytes in {files} files, fresh {most} in {most_files}");
}

/// Asks at once; each answer with its question.
fn at_once(home: &Home, questions: &[&[&str]]) -> Vec<Told> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = questions.iter().map(|question| scope.spawn(|| home.ask(question))).collect();
        asked.into_iter().map(|it| it.join().expect("an answer")).collect()
    })
}

#[test]
fn ten_questions_and_a_refresh_at_once_all_answer() {
    let home = Home::of(200);
    let questions: [&[&str]; 14] = [
        QUESTIONS[1],
        QUESTIONS[0],
        QUESTIONS[2],
        QUESTIONS[4],
        &["index"],
        QUESTIONS[5],
        QUESTIONS[1],
        QUESTIONS[0],
        QUESTIONS[3],
        QUESTIONS[4],
        QUESTIONS[1],
        QUESTIONS[6],
        QUESTIONS[7],
        QUESTIONS[6],
    ];
    for round in 0..8 {
        let old = questions.map(|question| home.fresh(question));
        match round {
            0 => {}
            // All is read anew then.
            4 => home.write(".resonote.toml", "dotted-names = true"),
            _ => change(&home, round),
        }
        let new = questions.map(|question| home.fresh(question));
        for ((question, said), (old, new)) in questions.iter().zip(at_once(&home, &questions)).zip(old.iter().zip(&new)) {
            let story = format!("round {round}, {question:?}");
            assert_eq!(said.code, new.code, "{story}: {}", said.err);
            if *question != ["index"] {
                assert!([old, new].iter().any(|it| it.answer() == said.answer()), "{story}: {said:?}\n{new:?}");
            }
            let said = notices(&story, &said, new);
            assert!(
                said.len() <= 1 && said.iter().all(|it| it.starts_with(LAST_MOMENT) || it.starts_with(WAITED)),
                "{story}: {said:?}"
            );
        }
        for question in QUESTIONS {
            assert_eq!(home.hold("after all", question), [""; 0], "round {round}");
        }
        assert_eq!(debris(&home.place()), [""; 0], "round {round}");
    }
}

/// A process that looks for mentions and stands still holds nobody up who has last ones to begin with.
#[test]
fn mentions_that_another_process_looks_for_are_not_waited_for() {
    let home = Home::of(60);
    assert_eq!(home.ask(&["index", "--mentions"]).code, Some(0));
    let lock = File::options().write(true).open(home.place().join("mentions.lock")).expect("a lock");
    lock.lock().expect("a lock");
    for round in 0..2 {
        home.write("new/note.md", &format!("grief number{round} of n1, n3 and n30 [[n8]]"));
        for question in [QUESTIONS[6], QUESTIONS[7]] {
            let begun = Instant::now();
            assert_eq!(home.hold("held", question), [""; 0], "{question:?}");
            assert!(begun.elapsed() < Duration::from_secs(8), "{question:?}");
        }
    }
    drop(lock);
    QUESTIONS.iter().for_each(|question| assert_eq!(home.hold("let go", question), [""; 0], "{question:?}"));
}

#[test]
fn two_refreshes_at_once_do_the_work_once() {
    let home = Home::of(200);
    let index: &[&str] = &["index", "--json"];
    for round in 0..10 {
        let changed = if round % 3 == 0 {
            let _ = fs::remove_dir_all(&home.cache);
            200
        } else {
            home.write("f1/n1.md", &format!("grief {round} [[n2]]"));
            1
        };
        let did = at_once(&home, &[index, index]).into_iter().map(|told| {
            assert_eq!(told.code, Some(0), "{told:?}");
            let did: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
            ["notes_read", "notes_indexed"].map(|key| did[key].as_u64().expect("a number"))
        });
        let mut did: Vec<[u64; 2]> = did.collect();
        did.sort();
        let (read, indexed) = (did.iter().map(|it| it[0]).max(), did.iter().map(|it| it[1]).sum::<u64>());
        assert_eq!(
            (did.iter().map(|it| it[0]).sum::<u64>(), read, indexed),
            (changed, Some(changed), changed),
            "round {round}: {did:?}"
        );
    }
}

/// A lock is that of a process that lives. The file of one that was killed holds up nobody; while one lives and stands
/// still, the last moment is told after a short while.
#[test]
fn a_lock_never_outlives_its_process() {
    let home = Home::of(60);
    assert_eq!((home.ask(&["index"]).code, home.ask(&["index"]).code), (Some(0), Some(0)));
    let old = QUESTIONS.map(|question| home.fresh(question));
    let lock = File::options().write(true).open(home.place().join("graph.lock")).expect("a lock");
    lock.lock().expect("a lock");
    for (question, old) in QUESTIONS.iter().zip(&old) {
        assert_eq!(home.ask(question), *old, "nothing changed, so that no lock is asked for");
    }
    home.write("new/note.md", "grief theory of stars [[n8]] [[nobody wrote this]]");
    for (question, old) in QUESTIONS.iter().zip(&old) {
        let begun = Instant::now();
        let said = home.ask(question);
        assert!(begun.elapsed() < Duration::from_secs(5), "{question:?}");
        assert_eq!(said.answer(), old.answer(), "{question:?}");
        let said = notices("held", &said, old);
        assert!(said.len() == 1 && said[0].starts_with(LAST_MOMENT), "{question:?}: {said:?}");
    }
    drop(lock);
    for question in QUESTIONS {
        assert_eq!(home.hold("let go", question), [""; 0]);
    }
}

/// Where the last moment would quote notes that are others now, the graph is read from memory, in no more time.
#[test]
fn the_last_moment_quotes_no_other_text() {
    let home = Home::of(60);
    assert_eq!((home.ask(&["index"]).code, home.ask(&["index"]).code), (Some(0), Some(0)));
    let lock = File::options().write(true).open(home.place().join("graph.lock")).expect("a lock");
    lock.lock().expect("a lock");
    (0..60).for_each(|note| home.write(&format!("f{}/n{note}.md", note % 6), "all is another [[n2]]"));
    for question in QUESTIONS {
        let (begun, new) = (Instant::now(), home.fresh(question));
        let said = home.ask(question);
        assert!(begun.elapsed() < Duration::from_secs(5), "{question:?} took {:?}", begun.elapsed());
        let notices = notices("held", &said, &new);
        if notices.is_empty() {
            assert_eq!(said.answer(), new.answer(), "{question:?}");
        } else {
            assert!(notices.len() == 1 && notices[0].starts_with(LAST_MOMENT), "{question:?}: {notices:?}");
        }
    }
}

/// A process that stands still at any instant, holding whatever it holds.
#[cfg(unix)]
#[test]
fn a_stopped_process_holds_nobody_up() {
    let home = Home::of(200);
    assert_eq!((home.ask(&["index"]).code, home.ask(&["index"]).code), (Some(0), Some(0)));
    let longest = life(&home, &["index"], &|turn| change(&home, 2_000 + turn));
    let signal = |process: &Child, signal: &str| {
        Command::new("kill").args([signal, &process.id().to_string()]).stderr(Stdio::null()).status().expect("a signal");
    };
    let questions = [QUESTIONS[1], KEPT[0], QUESTIONS[1], KEPT[1]];
    for stop in 0..16 {
        let question = questions[stop % 4];
        let old = home.fresh(question);
        change(&home, stop);
        let mut process = start(home.launch(&["index"]));
        sleep(longest.mul_f64(stop as f64 / 16.0));
        signal(&process, "-STOP");
        let (begun, new) = (Instant::now(), home.fresh(question));
        let mut asked = home.launch(question).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a launch");
        let mut is_done = false;
        while begun.elapsed() < Duration::from_secs(8) && !is_done {
            is_done = asked.try_wait().expect("a process").is_some();
            sleep(Duration::from_millis(5));
        }
        signal(&process, "-CONT");
        let output = asked.wait_with_output().expect("an end");
        assert!(is_done, "stopped for the {stop}th time: {question:?} hangs: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        // What an excerpt says is what stands in the note now; which notes are found is of one moment.
        assert!(
            [&old.out, &new.out].contains(&&said),
            "stopped for the {stop}th time: {question:?}\n{said}\n{}\n{}",
            old.out,
            new.out
        );
        assert!(process.wait().expect("an end").success());
        assert_eq!(home.hold("after it went on", question), [""; 0]);
    }
    assert_eq!(told(&mut home.launch(&["index"])).code, Some(0));
    assert_eq!(debris(&home.place()), [""; 0]);
}
