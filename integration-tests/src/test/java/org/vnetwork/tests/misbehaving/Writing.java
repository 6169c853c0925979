package org.vnetwork.tests.misbehaving;

import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import org.vnetwork.engine.EngineName;
import org.vnetwork.engine.ForwardingEngine;
import org.vnetwork.filter.FilterName;
import org.vnetwork.filter.PacketFilter;
import org.vnetwork.packet.Actions;
import org.vnetwork.packet.Packet;
import org.vnetwork.table.Context;
import org.vnetwork.table.DataType;
import org.vnetwork.table.Table;

/** Writes 70,000 rows in one decision. */
@EngineName("writing")
@FilterName("writing")
@Component(service = {ForwardingEngine.class, PacketFilter.class}, scope = ServiceScope.PROTOTYPE)
public final class Writing extends Misbehaving {
    private static final int ROWS = 70_000;
    private Table<Place, Note> notes;

    /** Key of a row. */
    public record Place(int number) {
    }

    /** A row. */
    @DataType("misbehaving/1")
    public record Note(int value) {
    }

    @Override
    public void open(Context context) {
        notes = context.table(Place.class, Note.class);
    }

    @Override
    protected boolean harm(Packet packet, Actions<?> actions) {
        for (int number = 0; number < ROWS; number++) {
            notes.put(new Place(number), new Note(1));
        }
        return false;
    }
}
