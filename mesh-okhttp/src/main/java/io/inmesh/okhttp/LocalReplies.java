package io.inmesh.okhttp;

import io.inmesh.call.Outcome;
import io.inmesh.dispatch.Dispatch;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** Turns an answer that a route gave by itself into an OkHttp response. */
final class LocalReplies {

    /** Tells the application that no peer was asked, and why. */
    static final String REASON_HEADER = "x-inmesh-local-reply";

    private static final String CONTENT_TYPE = "Content-Type";
    private static final MediaType TEXT = MediaType.get("text/plain; charset=utf-8");

    private LocalReplies() {}

    /** {@return the response that stands for a reply of the mesh} */
    static Response of(Request request, Outcome.LocalReply reply, Dispatch dispatch, long nowEpochMillis) {
        String body = reply.body();
        Response.Builder response = new Response.Builder()
                .request(request)
                .protocol(Protocol.HTTP_1_1)
                .code(reply.httpStatus())
                .message("")
                .header(REASON_HEADER, reply.reason().name().toLowerCase(java.util.Locale.ROOT))
                .sentRequestAtMillis(nowEpochMillis)
                .receivedResponseAtMillis(nowEpochMillis)
                .body(ResponseBody.EMPTY);
        if (body != null) {
            response.header(CONTENT_TYPE, TEXT.toString());
        }
        if (reply.location() != null) {
            response.header("Location", reply.location());
        }
        dispatch.writeReplyHeaders(reply, new ResponseEdits(response));
        Response edited = response.build();
        String type = edited.header(CONTENT_TYPE);
        return body == null
                ? edited
                : edited.newBuilder()
                        .body(ResponseBody.create(body, type == null ? null : MediaType.parse(type)))
                        .build();
    }
}
