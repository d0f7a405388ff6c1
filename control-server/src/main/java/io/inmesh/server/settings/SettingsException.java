package io.inmesh.server.settings;

/** Says what is wrong in a settings file: the file, the field and the remedy. Its message is meant for whoever starts the server. */
public final class SettingsException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Makes one with the whole message. */
    public SettingsException(String message) {
        super(message);
    }
}
