package io.inmesh.authz;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jakarta Servlet 6.0, 3.5.2, step by step. A path of {@code 400} is one of its suspicious sequences. */
class ServletPathRulesTest {

    private static void check(String target, String expected) {
        // What is cut before a path is canonical: the query, at the first question mark.
        int query = target.indexOf('?');
        CanonicalPath path = CanonicalPath.of(query < 0 ? target : target.substring(0, query));
        String actual = path.suspicious() == null ? path.path() : "400";
        assertThat(actual).as(target).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/shop/cart?item=1, /shop/cart",
        "/shop/cart/?item=1, /shop/cart/",
        "/shop/cart?x=/../admin, /shop/cart",
        "/shop/cart;?item=1, /shop/cart",
        "/?item=1, /",
        "?item=1, 400",
        "/shop/cart#top, 400",
        "/shop/cart/#top, 400",
        "/shop/cart;#top, 400",
        "/shop/cart#top?item=1, 400",
        "/#top, 400",
        "#top, 400",
    })
    void queriesAreCutAndFragmentsRefused(String target, String expected) {
        check(target, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/shop/cart, /shop/cart",
        "/shop/cart/, /shop/cart/",
        "/, /",
        "shop/cart, 400",
        "shop/cart/, 400",
        "./shop, 400",
        "../shop, 400",
        "%2e/shop, 400",
        ".%2e/shop, 400",
        "%2e%2e/shop, 400",
        ";/shop, 400",
        "%2Fshop, 400",
    })
    void aPathBeginsWithASlash(String target, String expected) {
        check(target, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/shop/cart;jsessionid=0a1b, /shop/cart",
        "/shop;/cart;, /shop/cart",
        "/shop;a=1;b=2/cart;c, /shop/cart",
        "/shop;a=%20/cart, /shop/cart",
        "/shop/cart/;jsessionid=0a1b, 400",
        "/shop;/cart;/;, 400",
        "/;/, 400",
        "/;/shop;/;/cart/;/;, 400",
        "/shop/;/../cart, 400",
        "/shop;a=%2F/cart, 400",
        "/shop;a=%5C/cart, 400",
        "/shop;a=%00/cart, 400",
        "/shop;a=%/cart, 400",
        "/shop%3Ba=1/cart, /shop;a=1/cart",
    })
    void parametersAreCutFromSegmentsThatHaveAName(String target, String expected) {
        check(target, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/shop%20cart, /shop cart",
        "/sh%6Fp/c%61rt, /shop/cart",
        "/100%25, /100%",
        "/caf%C3%A9, /café",
        "/%E2%82%AC5, /€5",
        "/%252F, /%2F",
        "/%252e%252e/x, /%2e%2e/x",
        "/caf%C3, 400",
        "/%E2%82, 400",
        "/%E2%82x, 400",
        "/%C0%AE%C0%AE/x, 400",
        "/%F4%90%80%80, 400",
        "/shop%-1/cart, 400",
        "/shop%GG/cart, 400",
        "/shop%/cart, 400",
        "/shop/cart%, 400",
        "/shop/cart%4, 400",
        "/ok%20/bad%/%20mix%, 400",
        "/shop%u002fcart, 400",
    })
    void octetsAreDecodedOnceAsUtf8(String target, String expected) {
        check(target, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/shop%00/cart, 400",
        "/shop%09cart, 400",
        "/shop%0D%0Acart, 400",
        "/shop%7Fcart, 400",
        "/shop%2Fcart, 400",
        "/shop%2fc%25rt, 400",
        "/shop/.%2Fcart, 400",
        "/shop/..%2Fcart, 400",
        "/shop\\cart, 400",
        "/shop%5Ccart, 400",
        "/shop/.%5Ccart, 400",
        "/shop/..%5ccart, 400",
        "\\shop, 400",
    })
    void controlCharactersAndHiddenSeparatorsAreRefused(String target, String expected) {
        check(target, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "//, /",
        "/shop//cart, /shop/cart",
        "//shop//cart//, /shop/cart/",
        "///, /",
        "/shop//../cart, /cart",
    })
    void emptySegmentsAreRemoved(String target, String expected) {
        check(target, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/shop/./cart, /shop/cart",
        "/shop/././cart, /shop/cart",
        "/./shop/cart, /shop/cart",
        "/shop/cart/., /shop/cart/",
        "/shop/cart/./, /shop/cart/",
        "/., /",
        "/./, /",
        "/shop/.cart, /shop/.cart",
        "/shop/%2e/cart, 400",
        "/shop/.;/cart, 400",
        "/shop/%2E;/cart, 400",
        "/shop/cart/.;, 400",
        "/shop/cart/./;, 400",
    })
    void singleDotsAreRemoved(String target, String expected) {
        check(target, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/shop/../cart, /cart",
        "/shop/cart/.., /shop/",
        "/shop/cart/../, /shop/",
        "/shop/a/b/../../cart, /shop/cart",
        "/shop/..cart, /shop/..cart",
        "/shop/cart.., /shop/cart..",
        "/shop/.../cart, /shop/.../cart",
        "/shop/../../cart, 400",
        "/../shop, 400",
        "/.., 400",
        "/../, 400",
        "/./../shop, 400",
        "/shop/%2e%2E/cart, 400",
        "/shop/%2e./cart, 400",
        "/shop/.%2e/cart, 400",
        "/shop/%2e%2e/%2E%2E/cart, 400",
        "/..;/shop, 400",
        "/shop/..;/cart, 400",
        "/shop/..;a=1/cart, 400",
        "/shop/cart/..;, 400",
        "/shop/cart/../;, 400",
    })
    void doubleDotsGoUpButNeverAboveTheRoot(String target, String expected) {
        check(target, expected);
    }
}
