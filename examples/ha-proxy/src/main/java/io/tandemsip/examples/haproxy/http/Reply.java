package io.tandemsip.examples.haproxy.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer. Immutable.
 *
 * @param status of HTTP
 * @param body becomes JSON
 */
record Reply(int status, Object body) {
    static Reply ok(Object body) {
        return new Reply(200, body);
    }

    /** What was wrong with the request. */
    static Reply problem(int status, String field, String value, String expected) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("field", field);
        body.put("value", value);
        body.put("expected", expected);
        return new Reply(status, body);
    }
}
