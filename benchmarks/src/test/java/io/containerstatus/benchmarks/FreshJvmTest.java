package io.containerstatus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.containerstatus.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long")
class FreshJvmTest {
    @TempDir
    Path root;

    /** Prints the number of processors that its virtual machine uses. */
    static final class Processors {
        public static void main(String... args) {
            System.out.println("and nothing else");
            System.out.println(Runtime.getRuntime().availableProcessors());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "2"})
    void theOpeningReportsItsTimeAndFailsIfAContainerIsMissing(String threads) throws Exception {
        StatusTree.fill(root, 3);
        String seconds = FreshJvm.run(FreshOpening.class, List.of(), List.of(root.toString(), "3", threads));
        assertThat(Double.parseDouble(seconds)).isBetween(1e-6, 600.0);
        assertThatIllegalStateException()
                .isThrownBy(() -> FreshJvm.run(FreshOpening.class, List.of(), List.of(root.toString(), "4", threads)))
                .withMessageContaining("ended with 1");
    }

    @Test
    void aVirtualMachineUsesTheProcessorsThatAreSet() throws Exception {
        assertThat(FreshJvm.run(Processors.class, FreshJvm.withProcessors(32), List.of()))
                .isEqualTo("32");
    }

    @Test
    void theBareLoopKeepsEachStatusUnderItsId() throws Exception {
        StatusTree.fill(root, 2);
        Map<String, Status> statuses = BareRecovery.byId(root, 2);
        assertThat(statuses)
                .hasSize(2)
                .containsEntry(HeldStatuses.id(0), Samples.STORED)
                .containsEntry(HeldStatuses.id(1), Samples.STORED);
    }
}
