package io.inmesh.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.settings.SettingsException;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserSettingsTest {

    private static final String HASH = Users.hash("correct horse battery", new SecureRandom());

    @TempDir
    Path folder;

    @BeforeEach
    void hashInFile() throws IOException {
        Files.writeString(folder.resolve("root.hash"), HASH + "\n");
    }

    @Test
    void theHashMayComeFromAFileBesideTheSettings() throws IOException {
        assertThat(user("passwordHashFile: root.hash").passwordHash()).isEqualTo(HASH);
        assertThat(user("passwordHash: '" + HASH + "'").passwordHash()).isEqualTo(HASH);
    }

    @Test
    void oneHashIsEnough() {
        assertThatThrownBy(() -> user("passwordHash: '" + HASH + "', passwordHashFile: root.hash"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("access.users[0].passwordHashFile")
                .hasMessageContaining("keep one of the two");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> user("passwordHashFile: absent"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("access.users[0].passwordHashFile")
                .hasMessageContaining("absent")
                .hasMessageContaining("control-server user hash");
    }

    @Test
    void whatIsNoHashIsBlamedOnTheFieldThatHasIt() throws IOException {
        Files.writeString(folder.resolve("root.hash"), "in the clear");

        assertThatThrownBy(() -> user("passwordHashFile: root.hash"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("access.users[0].passwordHashFile")
                .hasMessageNotContaining("in the clear");
    }

    private User user(String hash) throws IOException {
        Path settings = Files.writeString(folder.resolve("settings.yaml"), """
                access:
                  users: [{name: root, %s}]
                  bindings: [{user: root, role: admin, namespaces: ["*"]}]
                """.formatted(hash));
        return AccessSettings.read(SettingsFile.read(settings)).users().get(0);
    }
}
