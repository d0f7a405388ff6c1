package io.inmesh.cluster;

import io.inmesh.balance.Candidate;
import io.inmesh.balance.Candidate.Standing;
import io.inmesh.balance.LocalityPart;
import io.inmesh.endpoint.Endpoint;
import java.util.List;

/**
 * What a cluster had to choose from.
 *
 * @param candidates where each endpoint stood, in order of priority
 * @param localities how calls were divided among priorities and localities, in order of priority
 */
public record PickReport(List<Candidate> candidates, List<LocalityPart> localities) {

    /** Copies the lists. */
    public PickReport {
        candidates = List.copyOf(candidates);
        localities = List.copyOf(localities);
    }

    /** {@return how many endpoints the config lists} */
    public int known() {
        return candidates.size();
    }

    /** {@return how many of them are out of rotation, whatever else can be said about them} */
    public int ejected() {
        return (int) candidates.stream()
                .map(Candidate::endpoint)
                .filter(endpoint -> endpoint.ejection().ejected())
                .count();
    }

    /** {@return how many of them stand somewhere} */
    public int count(Standing standing) {
        return (int) candidates.stream()
                .filter(candidate -> candidate.standing() == standing)
                .count();
    }

    /** {@return the endpoints that may be picked now} */
    public List<Endpoint> eligible() {
        return candidates.stream()
                .filter(candidate -> candidate.standing().mayBePicked())
                .map(Candidate::endpoint)
                .toList();
    }

    /** {@return the figures in words: {@code 4 known, 3 ejected, 1 tried}} */
    @Override
    public String toString() {
        StringBuilder words = new StringBuilder();
        words.append(known()).append(" known, ").append(ejected()).append(" ejected");
        append(words, Standing.FAILING, " failing checks");
        append(words, Standing.UNHEALTHY, " unhealthy");
        append(words, Standing.DRAINING, " draining");
        append(words, Standing.STANDBY, " standing by");
        append(words, Standing.ELSEWHERE, " in another locality");
        append(words, Standing.UNWEIGHTED, " in a locality without weight");
        append(words, Standing.REFUSED, " left alone since too few are left");
        return words.append(", ").append(count(Standing.TRIED)).append(" tried").toString();
    }

    private void append(StringBuilder words, Standing standing, String name) {
        int count = count(standing);
        if (count > 0) {
            words.append(", ").append(count).append(name);
        }
    }
}
