package io.inmesh.server.ctl;

import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.model.Kinds.Kind.Use;
import java.util.Iterator;

/** What shells offer where a kind is asked for: the plurals of the kinds that are stored. */
final class KindWords implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
        return Kinds.all().stream()
                .filter(kind -> kind.use() == Use.ENFORCED || kind.use() == Use.STORED)
                .map(Kind::plural)
                .distinct()
                .sorted()
                .iterator();
    }
}
