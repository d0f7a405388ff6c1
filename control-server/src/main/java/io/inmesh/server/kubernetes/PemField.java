package io.inmesh.server.kubernetes;

import io.inmesh.server.settings.Section;
import io.inmesh.server.settings.SettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/** A text in PEM that a kubeconfig has in a file, or in itself. For one thread. */
final class PemField {
    private final Section section;
    private final String name;
    private final String text;

    private PemField(Section section, String name, String text) {
        this.section = section;
        this.name = name;
        this.text = text;
    }

    /**
     * {@return what a field says: with {@code -data} behind its name the text itself in Base64, which counts if both are there, else the
     * name of a file}
     */
    static Optional<PemField> of(Section section, String name) {
        String dataName = name + "-data";
        Optional<String> data = section.optionalText(dataName);
        if (data.isPresent()) {
            try {
                byte[] decoded = Base64.getDecoder().decode(data.get().replaceAll("\\s", ""));
                return Optional.of(new PemField(section, dataName, new String(decoded, StandardCharsets.UTF_8)));
            } catch (IllegalArgumentException e) {
                throw section.fault(dataName, "is not Base64");
            }
        }
        Optional<Path> file = section.file(name);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PemField(section, name, Files.readString(file.get())));
        } catch (IOException e) {
            throw section.fault(name, "names " + file.get() + ", which cannot be read: " + e);
        }
    }

    String text() {
        return text;
    }

    /** {@return what to throw about this field} */
    SettingsException fault(String problem) {
        return section.fault(name, problem);
    }
}
