package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each place a secret was ever found in, with {@code S3CRET} for it; and what is none stays. */
class RedactionTest {

    private static final String S3CRET = "S3CRETS3CRETS3CRETS3CRET";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'password': 'S3CRET'}",
                "{'spec': {'clientSecret': ['S3CRET']}}",
                "{'headers': {'request': {'set': {'Authorization': 'S3CRET', 'X-Api-Key': 'S3CRET'}}}}",
                "{'match': [{'headers': {'cookie': {'exact': 'S3CRET'}}}]}",
                "{'name': 'Authorization', 'value': 'S3CRET'}",
                "{'when': [{'key': 'request.headers[authorization]', 'values': ['S3CRET']}]}",
                "{'body': 'password=S3CRET and token: S3CRET'}",
                "{'body': 'Bearer S3CRET'}",
                "{'body': 'authorization: Basic S3CRET'}",
                "{'url': 'https://admin:S3CRET@registry.example/v1'}",
                "{'jwks': '{\\\"keys\\\":[{\\\"kty\\\":\\\"oct\\\",\\\"k\\\":\\\"S3CRET\\\"}]}'}",
                "{'text': '-----BEGIN EC PRIVATE KEY-----\\nS3CRET\\n-----END EC PRIVATE KEY-----'}",
                "{'text': '-----BEGIN PRIVATE KEY-----\\nS3CRET, and the end is cut off'}",
                "{'text': 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJTM0NSRVQifQ.S3CRET'}",
                "{'text': 'inmesh.0123abcd.S3CRET'}",
                "{'text': 'inmesh-service.0123abcd.S3CRET'}"
            })
    void secretsAreGone(String json) throws IOException {
        String document = json.replace('\'', '"').replace("S3CRET", S3CRET);

        assertThat(Redaction.of(Api.JSON.readTree(document)).toString())
                .doesNotContain("S3CRET")
                .contains("[redacted]");
    }

    @Test
    void whatIsNoSecretStays() throws IOException {
        String document = """
                {"kind":"VirtualService","metadata":{"name":"reviews","generation":3},"jwksUri":"https://issuer.example/keys",
                "certificate":"-----BEGIN CERTIFICATE-----","set":{"x-version":"v2"},"tokens":7,"sha256":"abc","path":"/token"}
                """;
        assertThat(Redaction.of(Api.JSON.readTree(document))).isEqualTo(Api.JSON.readTree(document));
    }

    @Test
    void namesAreReplacedByTheSameOnesEverywhereAndMembersAreNot() throws IOException {
        Pseudonyms names = new Pseudonyms();
        names.learn(
                Api.JSON.readTree(
                        "{\"metadata\":{\"name\":\"reviews\",\"namespace\":\"shop\"},\"spec\":{\"hosts\":[\"ratings.shop.svc.cluster.local\"]}}"));

        assertThat(names.of(
                                Api.JSON.readTree(
                                        "{\"reviews\":\"spiffe://inmesh.local/ns/shop/sa/reviews calls ratings at /v1\",\"n\":1}"))
                        .toString())
                .isEqualTo("{\"reviews\":\"spiffe://inmesh.local/ns/name-2/sa/name-1 calls name-3 at /v1\",\"n\":1}");
    }
}
