package io.inmesh.server.etcd;

import com.google.protobuf.ByteString;

/** Where entries are: {@code PREFIX/TABLE/KEY}. Tables of our own begin with {@code _}. */
final class Keys {

    /** The table of {@link Changes} in the making. */
    static final String MARKS = "_marks";

    private final String root;

    Keys(String prefix) {
        this.root = prefix + "/";
    }

    /** {@return the key of an entry} */
    ByteString of(String table, String key) {
        return ByteString.copyFromUtf8(root + table + "/" + key);
    }

    /** {@return what the keys of a table begin with} */
    ByteString of(String table) {
        return ByteString.copyFromUtf8(root + table + "/");
    }

    /** {@return what all keys begin with} */
    ByteString all() {
        return ByteString.copyFromUtf8(root);
    }

    /** {@return the table of an entry; {@code _}, as that of none, for a key that somebody else has put below the prefix} */
    String table(ByteString key) {
        String rest = key.toStringUtf8().substring(root.length());
        int end = rest.indexOf('/');
        return end < 0 ? "_" : rest.substring(0, end);
    }

    /** {@return an entry's key in its table} */
    String key(ByteString key) {
        String rest = key.toStringUtf8().substring(root.length());
        return rest.substring(rest.indexOf('/') + 1);
    }

    /** {@return the first key after all that begin with a prefix, which has to end with {@code /}} */
    static ByteString end(ByteString prefix) {
        byte[] end = prefix.toByteArray();
        end[end.length - 1]++;
        return ByteString.copyFrom(end);
    }

    /** {@return the first key after one} */
    static ByteString next(ByteString key) {
        return key.concat(ByteString.copyFrom(new byte[1]));
    }
}
