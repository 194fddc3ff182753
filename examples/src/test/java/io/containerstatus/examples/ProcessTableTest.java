package io.containerstatus.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads files in the format of {@code /proc}. */
class ProcessTableTest {
    private static final String AFTER_NAME =
            " 1 4711 4711 0 -1 4194304 90 0 0 0 0 0 0 0 20 0 1 0 8812345 2535424 224 18446744073709551615\n";

    @TempDir
    Path proc;

    private ProcessTable table;

    @BeforeEach
    void createsFilesLikeThoseOfProc() throws IOException {
        Files.createDirectories(proc.resolve("self"));
        Files.createFile(proc.resolve("self/stat"));
        Files.createDirectories(proc.resolve("sys/kernel/random"));
        boot("0d93250e-4eb6-4038-abae-a36b92d6c7d7");
        table = new ProcessTable(proc);
    }

    private void boot(String id) throws IOException {
        Files.writeString(proc.resolve("sys/kernel/random/boot_id"), id + "\n");
    }

    private void process(long pid, String stat) throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("stat"), stat);
    }

    @Test
    void startIsTheTickAndTheBoot() throws IOException {
        process(4711, "4711 (sleep) S" + AFTER_NAME);

        assertThat(table.find(4711))
                .contains(new ProcessTable.Entry(
                        "tick 8812345 of boot 0d93250e-4eb6-4038-abae-a36b92d6c7d7", /* zombie= */ false));
    }

    @Test
    void nameMayHoldAnything() throws IOException {
        process(4711, "4711 (a) Z 1 (b\n) c) S" + AFTER_NAME);

        assertThat(table.find(4711))
                .get()
                .returns(false, ProcessTable.Entry::zombie)
                .extracting(ProcessTable.Entry::start)
                .asString()
                .startsWith("tick 8812345 ");
    }

    @Test
    void zombieIsDistinguishedFromARunningProcess() throws IOException {
        process(4711, "4711 (sleep) Z" + AFTER_NAME);

        assertThat(table.find(4711)).get().returns(true, ProcessTable.Entry::zombie);
    }

    @Test
    void sameTickOfTheNextBootIsAnotherStart() throws IOException {
        process(4711, "4711 (sleep) S" + AFTER_NAME);
        ProcessIdentity identity =
                new ProcessIdentity(4711, table.find(4711).orElseThrow().start());
        assertThat(identity.isRunningIn(table)).isTrue();

        boot("11111111-4eb6-4038-abae-a36b92d6c7d7");

        assertThat(identity.isRunningIn(table)).isFalse();
    }

    @Test
    void pidThatIsNotThereIsNoProcess() throws IOException {
        assertThat(table.find(4712)).isEmpty();
    }

    @Test
    void entryThatCannotBeReadSaysNothingAboutTheProcess() throws IOException {
        Files.createDirectories(proc.resolve("4711").resolve("stat"));

        assertThatThrownBy(() -> table.find(4711)).isInstanceOf(IOException.class);
    }

    @Test
    void withoutProcTheJdkIsAsked() throws IOException {
        Files.delete(proc.resolve("sys/kernel/random/boot_id"));
        ProcessHandle self = ProcessHandle.current();

        assertThat(table.find(self.pid()))
                .get()
                .returns(false, ProcessTable.Entry::zombie)
                .returns(self.info().startInstant().orElseThrow().toString(), ProcessTable.Entry::start);
        assertThat(table.find(0xFFFF_FFFFL)).isEmpty();
    }
}
