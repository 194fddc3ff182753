package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.testing.PowerCutFileSystem.Syncs;
import io.containerstatus.testing.PowerCutFileSystem.Syncs.Outcome;
import io.containerstatus.testing.PrintedCounts;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The library's own code on a disk that leaves out one of its syncs. Some crash then breaks a promise. */
@Tag("exhaustive")
class NeededSyncsTest {
    /**
     * Syncs that make no difference unless a process was killed before them, by their caller in the
     * code, with the reasons.
     */
    private static final Map<String, String> BELT_AND_BRACES = Map.of(
            "RootFolder.obtain.create", "the root's own name is synced again once it is locked",
            "RootFolder.sync.syncParent", "the process that created the root may have been killed before its sync",
            "RootFolder.sync", "who created a container's folder may have been killed before its sync",
            "FolderPreparation.persistName", "who created the container's folder may have been killed before its sync");

    static Stream<String> callers() {
        return SyncCaller.NEEDED.keySet().stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("callers")
    void withoutTheSyncsOfOneCallerAPromiseIsBroken(String caller) {
        Syncs ignoring = path -> SyncCaller.of(path).equals(caller) ? Outcome.IS_IGNORED : Outcome.PERSISTS;
        CrashStates crashes = CrashStates.every().withSyncsAfterwards(ignoring).untilOneIsBroken();
        SyncCaller.NEEDED.get(caller).run(crashes, LibraryWriter::new, ignoring);
        PrintedCounts.print("without " + caller + ": " + crashes.broken().keySet());
        assertThat(crashes.broken()).isNotEmpty();
    }

    @Test
    void withoutOneSingleSyncAPromiseIsBrokenExceptWhereAnotherOneMakesUpForIt() {
        Set<String> needless = new TreeSet<>();
        int all = 0;
        for (ContainerScenario scenario : ContainerScenario.values()) {
            AtomicInteger syncs = new AtomicInteger(Integer.MAX_VALUE);
            for (int number = 1; number <= syncs.get(); number++) {
                int ignored = number;
                all++;
                AtomicReference<String> caller = new AtomicReference<>("");
                CrashStates crashes = CrashStates.every().ofOnePowerCut();
                syncs.set(0);
                scenario.run(crashes, LibraryWriter::new, path -> {
                    if (syncs.incrementAndGet() != ignored) {
                        return Outcome.PERSISTS;
                    }
                    caller.set(SyncCaller.of(path));
                    return Outcome.IS_IGNORED;
                });
                if (crashes.broken().isEmpty()) {
                    needless.add(caller.get());
                }
            }
        }
        assertThat(needless).isEqualTo(BELT_AND_BRACES.keySet());
        assertThat(all).isGreaterThan(70);
    }
}
