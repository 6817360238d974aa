interface Told {
  id: string;
  updated_at: string;
}

interface Read {
  notification_id: string;
  read_at: string;
}

/** A matter read before its last occurrence is unread again. */
export const isUnread = (told: Told, reads: readonly Read[]): boolean =>
  !reads.some((read) => read.notification_id === told.id && Date.parse(read.read_at) >= Date.parse(told.updated_at));

export const countUnread = (told?: { notifications: readonly Told[]; reads: readonly Read[] }): number =>
  told?.notifications.filter((notification) => isUnread(notification, told.reads)).length ?? 0;
