package io.containerstatus.reactive;

import io.containerstatus.ContainerChange.Kind;
import io.containerstatus.reactive.ExpectedStates.Life;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks what a watcher has received against what happened: no gap, no duplicate, nothing out of order, and
 * no lost final state.
 */
final class StreamChecker {
    private final ExpectedStates expectedStates;
    private final RecordingSubscriber watcher;
    private final List<String> faults;
    /** The revision received last for each life. */
    private final Map<Life, Long> last = new HashMap<>();
    /** The life that the watcher knows under each id. */
    private final Map<String, Life> known = new HashMap<>();

    private final Map<Life, List<Long>> commits = new HashMap<>();

    private StreamChecker(ExpectedStates expectedStates, RecordingSubscriber watcher) {
        this.expectedStates = expectedStates;
        this.watcher = watcher;
        this.faults = new ArrayList<>(watcher.faults);
    }

    /**
     * Returns what is wrong; empty if nothing is. Called only once all operations have ended, and also the
     * streams of the watchers that stay to the end.
     */
    static List<String> of(ExpectedStates expectedStates, RecordingSubscriber watcher) {
        StreamChecker checker = new StreamChecker(expectedStates, watcher);
        watcher.received.forEach(checker::judge);
        if (watcher.lag != null) {
            checker.judgeLag();
        } else if (watcher.completed) {
            expectedStates.all().forEach(checker::judgeEnd);
        } else if (!watcher.left) {
            checker.faults.add("it did not end");
        }
        return checker.faults;
    }

    private List<Long> commits(Life life) {
        return commits.computeIfAbsent(life, Life::commits);
    }

    private boolean isLatest() {
        return watcher.delivery.isLatest();
    }

    private void expect(boolean right, String what, StatusChange change) {
        if (!right) {
            faults.add(what + ": " + change);
        }
    }

    private void judge(StatusChange change) {
        Life life = expectedStates.of(change.current());
        if (life == null || !life.id().equals(change.id())) {
            faults.add("of no container there was: " + change);
            return;
        }
        List<Long> commits = commits(life);
        boolean deletion = change.kind() == Kind.DELETED;
        long revision = change.revision();
        expect(!deletion || life.isDeleted(), "it was not deleted", change);
        if (revision < 1
                || revision > commits.size() + (deletion ? 1 : 0)
                || (deletion && revision <= commits.size())) {
            faults.add("no such revision: " + change);
            return;
        }
        expect(pid(change) == commits.get((int) revision - (deletion ? 2 : 1)), "another status", change);
        Long before = last.put(life, revision);
        if (before == null) {
            judgeFirst(life, commits, change);
        } else {
            expect(known.get(change.id()) == life, "it was deleted, or has a successor", change);
            expect(deletion || change.kind() == Kind.UPDATED, "not this kind", change);
            expectAfter(before, commits, change);
        }
        known.put(change.id(), life);
        if (deletion) {
            known.remove(change.id());
        }
        expect(change.durable() || (!deletion && (revision > 1 || life.wasUncertain())), "not durable", change);
        expect(isLatest() || change.skipped() == 0, "skipped", change);
    }

    private void expectAfter(long before, List<Long> commits, StatusChange change) {
        expect(change.revision() == before + 1 + change.skipped(), "a gap, or back, after revision " + before, change);
        expect(
                change.previous() != null && change.previous().pid() == commits.get((int) before - 1),
                "another status before",
                change);
    }

    private void judgeFirst(Life life, List<Long> commits, StatusChange change) {
        expect(!known.containsKey(change.id()), "its predecessor was not reported as deleted", change);
        long low = watcher.before.getOrDefault(life, 0L);
        boolean here = low > 0 || watcher.after.containsKey(life) || mayHaveComeAndGone(life);
        boolean goneAfter = !watcher.after.containsKey(life);
        long high = goneAfter ? Long.MAX_VALUE : watcher.after.get(life);
        switch (change.kind()) {
            case CREATED -> {
                expect(low == 0 && watcher.life == null, "it was there before", change);
                expect(change.previous() == null && change.skipped() == change.revision() - 1, "wrong counts", change);
            }
            case SNAPSHOT -> {
                expect(here && watcher.delivery.withSnapshot(), "no snapshot", change);
                expect(change.revision() >= low && (isLatest() || change.revision() <= high), "not this one", change);
                expect(change.previous() == null && change.skipped() == 0, "wrong counts", change);
            }
            case UPDATED -> {
                long seen = change.revision() - change.skipped() - 1;
                expect(here && !watcher.delivery.withSnapshot(), "no snapshot before", change);
                expect(seen >= low && seen <= high, "a gap after the subscription", change);
                expectAfter(seen, commits, change);
            }
            case DELETED -> judgeFirstDeletion(low, high, commits, change);
        }
    }

    private void judgeFirstDeletion(long low, long high, List<Long> commits, StatusChange change) {
        if (watcher.delivery.withSnapshot()) {
            expect(watcher.life != null, "of a container that it did not know", change);
            expect(isLatest() || high == Long.MAX_VALUE, "no snapshot before", change);
            expect(change.previous() == null && change.skipped() == 0, "wrong counts", change);
        } else {
            long seen = change.revision() - change.skipped() - 1;
            expect(seen >= low && seen <= high, "a gap after the subscription", change);
            expectAfter(seen, commits, change);
        }
    }

    /** Whether the life was begun before the subscription was complete. */
    private boolean mayHaveComeAndGone(Life life) {
        return life.number() < watcher.livesAfter;
    }

    private void judgeLag() {
        long lastRevision = watcher.received.isEmpty()
                ? 0
                : watcher.received.get(watcher.received.size() - 1).revision();
        if (isLatest() || watcher.lag.lastRevision() != lastRevision || watcher.lag.missed() < 1) {
            faults.add("cut off at revision " + lastRevision + ": " + watcher.lag);
        }
    }

    private void judgeEnd(Life life) {
        if (watcher.life != null && watcher.life != life) {
            return;
        }
        List<Long> commits = commits(life);
        long end = commits.size() + (life.isDeleted() ? 1 : 0);
        @Nullable Long lastReceived = last.get(life);
        if (lastReceived != null) {
            if (lastReceived != end) {
                faults.add("revision " + end + " of " + life + " was not received, the last one was " + lastReceived);
            }
        } else if (!mayBeAbsent(life, commits, end)) {
            faults.add("nothing was received of " + life + ", which came to revision " + end);
        }
    }

    private boolean mayBeAbsent(Life life, List<Long> commits, long end) {
        Long low = watcher.before.get(life);
        Long high = watcher.after.get(life);
        boolean snapshot = watcher.delivery.withSnapshot();
        boolean neverWas = commits.isEmpty();
        boolean goneBefore = life.isDeleted() && high == null && life.number() < watcher.livesAfter;
        boolean unchanged = !snapshot && high != null && high == end;
        if (neverWas || unchanged) {
            return true;
        }
        if (watcher.life != null) {
            return goneBefore && !snapshot;
        }
        boolean unknown = snapshot || low == null || high == null;
        return goneBefore || (isLatest() && life.isDeleted() && unknown);
    }

    private static long pid(StatusChange change) {
        return change.current().pid();
    }
}
