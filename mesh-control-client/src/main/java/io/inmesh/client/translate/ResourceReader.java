package io.inmesh.client.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;

/** One resource being read: its name, the notes about it, and how packed parts of it are opened. */
final class ResourceReader {

    private final String resource;
    private final IgnoredFields ignored;
    private final UnknownFields unknown;

    ResourceReader(String resource) {
        this.resource = resource;
        this.ignored = new IgnoredFields(resource);
        this.unknown = new UnknownFields(resource, ignored);
    }

    String resource() {
        return resource;
    }

    IgnoredFields ignored() {
        return ignored;
    }

    /** {@return a message, after noting what is unknown in it} */
    <M extends Message> M inspected(String field, M message) {
        unknown.inspect(field, message);
        return message;
    }

    /** {@return what is packed in a field} */
    <M extends Message> M unpack(String field, Any any, Parser<M> parser) {
        try {
            return inspected(field, parser.parseFrom(any.getValue()));
        } catch (InvalidProtocolBufferException e) {
            throw invalid(field, "cannot be read as " + any.getTypeUrl());
        }
    }

    InvalidResourceException invalid(String field, String message) {
        return new InvalidResourceException(resource, field, message);
    }
}
