const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** In the form the database gives it. */
export const isUuid = (text: string): boolean => uuid.test(text);
