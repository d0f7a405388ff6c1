package io.inmesh.bench.simulation;

import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.Simulation;

/** What is wrong with the machines a fleet runs on. */
enum Neighbourhood {
    /** Nothing. */
    EQUAL("equal replicas", 1) {
        @Override
        void settle(Simulation simulation, Fleet fleet) {}
    },
    /** Every second replica has half the speed. */
    MIXED("half of them half as fast", 0.75) {
        @Override
        void settle(Simulation simulation, Fleet fleet) {
            fleet.replicas().stream()
                    .filter(replica -> replica.index() % 2 == 1)
                    .forEach(replica -> replica.slowness(2));
        }
    },
    /** Each replica is four times slower now and then, one in eight at any moment. */
    ANTAGONISED("one in eight four times slower at any moment", 1 - 0.123 * 0.75) {
        @Override
        void settle(Simulation simulation, Fleet fleet) {
            simulation.antagonise(fleet, 4);
        }
    };

    private final String label;
    private final double capacity;

    Neighbourhood(String label, double capacity) {
        this.label = label;
        this.capacity = capacity;
    }

    /** {@return what the tables call it} */
    String label() {
        return label;
    }

    /** {@return the part of the fleet's capacity that is left on average} */
    double capacity() {
        return capacity;
    }

    /** Lets a fleet run here. */
    abstract void settle(Simulation simulation, Fleet fleet);
}
