package io.containerstatus.fs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What looks for broken promises finds them: the controls of {@link PowerCutTest}. */
class WrongWritersTest {
    @ParameterizedTest
    @EnumSource(WrongWriter.class)
    void aWrongWriterBreaksThesePromises(WrongWriter wrong) {
        CrashStates crashes = CrashStates.every().ofOnePowerCut();
        wrong.story().tell(crashes, wrong::on, wrong.syncs());
        assertThat(crashes.broken().keySet()).isEqualTo(wrong.broken);
    }

    /** Not even where the same sync fails. */
    @ParameterizedTest
    @EnumSource(WrongWriter.class)
    void theWriterThatTheyAreMadeOfBreaksNone(WrongWriter wrong) {
        CrashStates crashes = CrashStates.every().ofOnePowerCut();
        wrong.story().tell(crashes, PlainWriter::new, wrong.syncs());
        assertThat(crashes.broken()).isEmpty();
    }
}
