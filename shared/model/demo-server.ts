/** The engine's own name for the connection of the demo ERP. */
export const demoServerId = 'demo';
