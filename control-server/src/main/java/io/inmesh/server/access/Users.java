package io.inmesh.server.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.store.KeyValueTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The users with passwords: those of the settings file, which only that file changes, and those made by {@code meshctl user add}. */
public final class Users {

    /** Where those made by {@code meshctl} are kept. */
    static final String TABLE = "users";

    private static final int MOST_USERS = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, User> settings;
    private final KeyValueTable table;
    private final SecureRandom random;

    Users(List<User> settings, KeyValueTable table, SecureRandom random) {
        Map<String, User> byName = new TreeMap<>();
        settings.forEach(user -> byName.put(user.name(), user));
        this.settings = Map.copyOf(byName);
        this.table = table;
        this.random = random;
    }

    /** {@return a user; the settings file wins over the store} */
    Optional<User> find(String name) {
        User fixed = settings.get(name);
        return fixed != null ? Optional.of(fixed) : table.get(TABLE, name).map(bytes -> read(name, bytes));
    }

    /** {@return whether there is a user of that name} */
    public boolean has(String name) {
        return find(name).isPresent();
    }

    /** {@return all users, by name} */
    public List<User> all() {
        Map<String, User> byName = new TreeMap<>();
        table.scan(TABLE).forEach((name, bytes) -> byName.put(name, read(name, bytes)));
        byName.putAll(settings);
        return new ArrayList<>(byName.values());
    }

    /**
     * Makes a user.
     *
     * @throws IllegalArgumentException if the name, a group or the password will not do, or there is one already; the message says so
     */
    public void add(String name, String password, Set<String> groups) {
        User.checkName(name);
        User.checkGroups(groups);
        checkPassword(name, password);
        if (table.scan(TABLE).size() >= MOST_USERS) {
            throw new IllegalArgumentException(
                    "there are " + MOST_USERS + " users already; use OIDC for so many, or delete some");
        }
        String hash = PasswordHash.of(password, random).text();
        if (settings.containsKey(name)
                || !table.compareAndSet(TABLE, name, null, write(new User(name, hash, groups, User.IN_STORE)))) {
            throw new IllegalArgumentException("there is a user " + name + " already");
        }
    }

    /**
     * Gives a user another password; its sessions end.
     *
     * @throws IllegalArgumentException if there is no such user in the store, or the password will not do
     */
    public void setPassword(String name, String password) {
        checkPassword(name, password);
        byte[] before = stored(name);
        User user = read(name, before);
        String hash = PasswordHash.of(password, random).text();
        if (!table.compareAndSet(TABLE, name, before, write(new User(name, hash, user.groups(), User.IN_STORE)))) {
            throw new IllegalArgumentException("user " + name + " has been changed at the same moment; try again");
        }
    }

    /**
     * Removes a user; its sessions end.
     *
     * @throws IllegalArgumentException if there is no such user in the store
     */
    public void delete(String name) {
        stored(name);
        table.delete(TABLE, name);
    }

    private byte[] stored(String name) {
        if (settings.containsKey(name)) {
            throw new IllegalArgumentException(
                    "user " + name + " is kept in the settings file; change it there and restart the server");
        }
        return table.get(TABLE, name).orElseThrow(() -> new IllegalArgumentException("there is no user " + name));
    }

    /**
     * {@return what the settings file keeps of a password}
     *
     * @throws IllegalArgumentException if it will not do
     */
    public static String hash(String password, SecureRandom random) {
        checkPassword("", password);
        return PasswordHash.of(password, random).text();
    }

    /** Length is what counts (NIST SP 800-63B 5.1.1.2); rules about kinds of characters only make passwords alike. */
    static void checkPassword(String name, String password) {
        if (password.length() < PasswordHash.MIN_PASSWORD_CHARACTERS
                || password.length() > PasswordHash.MAX_PASSWORD_CHARACTERS) {
            throw new IllegalArgumentException("a password has from " + PasswordHash.MIN_PASSWORD_CHARACTERS + " to "
                    + PasswordHash.MAX_PASSWORD_CHARACTERS + " characters");
        }
        if ((!name.isEmpty() && password.contains(name))
                || password.chars().distinct().count() < 5) {
            throw new IllegalArgumentException(
                    "the password is too easy to guess: it repeats itself or contains the user's name");
        }
    }

    private static byte[] write(User user) {
        ObjectNode node = JSON.createObjectNode().put("passwordHash", user.passwordHash());
        user.groups().stream().sorted().forEach(node.putArray("groups")::add);
        try {
            return JSON.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("texts can always be written as JSON", e);
        }
    }

    private static User read(String name, byte[] bytes) {
        try {
            JsonNode node = JSON.readTree(bytes);
            Set<String> groups = new HashSet<>();
            node.path("groups").forEach(group -> groups.add(group.asText()));
            return new User(name, node.path("passwordHash").asText(), groups, User.IN_STORE);
        } catch (IOException e) {
            throw new UncheckedIOException("the stored user " + name + " cannot be read", e);
        }
    }
}
