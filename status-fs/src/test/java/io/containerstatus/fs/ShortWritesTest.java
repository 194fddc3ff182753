package io.containerstatus.fs;

import static io.containerstatus.fs.Samples.CREATED;
import static io.containerstatus.fs.Samples.RUNNING;
import static io.containerstatus.fs.Samples.complete;
import static io.containerstatus.fs.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.containerstatus.NotWrittenException;
import io.containerstatus.testing.FailingHook.Span;
import io.containerstatus.testing.FileOperation;
import io.containerstatus.testing.Hook;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Writes that accept fewer bytes than offered, at each write of a status. */
class ShortWritesTest {
    @TempDir
    Path folder;

    private FailingRoot root;

    @BeforeEach
    void writeOnce() {
        root = new FailingRoot(folder.resolve("root"));
        root.open();
        complete(root.checkpoints.write("web-1", CREATED));
    }

    @AfterEach
    void close() {
        root.close();
    }

    /**
     * Accepts this many bytes in the write with this index, or in all writes from that one on, and at most 40
     * bytes in the others.
     */
    private record Taking(int bytes, int index, Span span, int[] writes) implements Hook {
        Taking(int bytes, int index, Span span) {
            this(bytes, index, span, new int[1]);
        }

        @Override
        public void before(FileOperation operation, String path) {}

        @Override
        public int taken(String path, int offered) {
            int now = writes[0]++;
            boolean here = now == index || (span == Span.FROM_THEN_ON && now > index);
            return Math.min(offered, here ? bytes : 40);
        }

        boolean hasHappened() {
            return writes[0] > index;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, ONCE", "1, FROM_THEN_ON", "39, ONCE", "39, FROM_THEN_ON"})
    void areContinued(int bytes, Span span) {
        int parts = 0;
        while (write(new Taking(bytes, parts, span))) {
            parts++;
        }
        assertThat(parts).isGreaterThanOrEqualTo(text(RUNNING).length() / 40);
    }

    /** Returns whether the write had so many parts that the short one was among them. */
    private boolean write(Taking taking) {
        complete(root.checkpoints.write("web-1", CREATED));
        assertThat(root.under(taking, root.checkpoints.write("web-1", RUNNING)).failure())
                .isNull();
        assertThat(folder.resolve("root/web-1/status")).hasContent(text(RUNNING));
        return taking.hasHappened();
    }

    @ParameterizedTest
    @EnumSource(Span.class)
    void thatTakeNothingAreAFailure(Span span) {
        for (int index = 0; index < 3; index++) {
            assertThat(root.under(new Taking(0, index, span), root.checkpoints.write("web-1", RUNNING))
                            .failure())
                    .isInstanceOf(NotWrittenException.class)
                    .hasMessageEndingWith("the file accepts no more bytes");
            assertThat(root.names("web-1")).containsExactly("status");
            assertThat(folder.resolve("root/web-1/status")).hasContent(text(CREATED));
        }
        complete(root.checkpoints.write("web-1", RUNNING));
        assertThat(folder.resolve("root/web-1/status")).hasContent(text(RUNNING));
    }
}
