package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks detect broken promises: the controls of {@link PowerCutTest}. */
@Tag("exhaustive")
class WrongWritersTest {
    @ParameterizedTest
    @EnumSource(WrongWriter.class)
    void aWrongWriterBreaksThesePromises(WrongWriter wrong) {
        CrashStates crashes = CrashStates.every().ofOnePowerCut();
        wrong.story().run(crashes, wrong::on, wrong.syncs());
        assertThat(crashes.broken().keySet()).isEqualTo(wrong.broken);
    }

    /** Not even if the same sync fails. */
    @ParameterizedTest
    @EnumSource(WrongWriter.class)
    void theWriterThatTheyAreMadeOfBreaksNone(WrongWriter wrong) {
        CrashStates crashes = CrashStates.every().ofOnePowerCut();
        wrong.story().run(crashes, PlainWriter::new, wrong.syncs());
        assertThat(crashes.broken()).isEmpty();
    }
}
