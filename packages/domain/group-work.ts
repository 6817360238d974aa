/**
 * Which lines look like one piece of work: the same ticket, or the same files within days, by one person. Proposals only;
 * each says why in words, and nothing is merged that could not stand on one line.
 */

export interface WorkLine {
  id: string;
  clientId: string;
  projectId: string;
  author: string | null;
  currency: string;
  /** Minor units an hour. */
  rateMinor: number | null;
  billable: boolean;
  ticketKey: string | null;
  /** `YYYY-MM-DD`. */
  day: string;
  minutes: number;
  /** Paths its commits changed; empty where nobody knows. */
  files: readonly string[];
}

export interface WorkGroup {
  /** Oldest first. */
  ids: string[];
  ticketKey: string | null;
  /** "4 lines for ABC-12, within 3 days". */
  reason: string;
}

/** Work on one ticket goes on over a weekend; a longer pause begins another piece of it. */
const ticketPauseDays = 5;
const filesPauseDays = 1;
/** Of the smaller line's files, how many the lines have in common. */
const sharedEnough = 0.5;
/** A file that so many of the lines touch (a change log, the routes) says nothing about two of them. */
const commonShare = 0.25;
const fewestForCommon = 8;
const mostLines = 20;
/** More in one line than a week is not what anybody means. */
const mostMinutes = 2400;

const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000);
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Only lines of one party, project, rate and way of billing can stand on one line without asking anything. */
const partyOf = (line: WorkLine): string =>
  JSON.stringify([line.clientId, line.projectId, line.currency, line.rateMinor, line.billable]);

const byDay = (a: WorkLine, b: WorkLine): number =>
  a.day === b.day ? (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) : a.day < b.day ? -1 : 1;

interface Cluster {
  lines: WorkLine[];
  files: Set<string>;
  minutes: number;
}

function fits({ lines, minutes }: Cluster, line: WorkLine, pauseDays: number): boolean {
  const last = lines.at(-1);
  return (
    last !== undefined &&
    lines.length < mostLines &&
    minutes + line.minutes <= mostMinutes &&
    dayNumber(line.day) - dayNumber(last.day) <= pauseDays
  );
}

function add(cluster: Cluster, line: WorkLine): void {
  cluster.lines.push(line);
  cluster.minutes += line.minutes;
  for (const file of line.files) cluster.files.add(file);
}

const open = (line: WorkLine): Cluster => ({ lines: [line], files: new Set(line.files), minutes: line.minutes });

function groupByTicket(lines: readonly WorkLine[]): Cluster[] {
  const clusters: Cluster[] = [];
  for (const ofTicket of Map.groupBy(lines, ({ ticketKey }) => ticketKey).values()) {
    let cluster: Cluster | null = null;
    for (const line of ofTicket) {
      if (cluster !== null && fits(cluster, line, ticketPauseDays)) add(cluster, line);
      else clusters.push((cluster = open(line)));
    }
  }
  return clusters;
}

function groupByFiles(lines: readonly WorkLine[]): Cluster[] {
  const touched = new Map<string, number>();
  for (const { files } of lines) for (const file of new Set(files)) touched.set(file, (touched.get(file) ?? 0) + 1);
  const tells = (file: string): boolean =>
    lines.length < fewestForCommon || (touched.get(file) ?? 0) / lines.length <= commonShare;
  const clusters: Cluster[] = [];
  // Those that a line of this day may still join.
  let recent: Cluster[] = [];
  let day = "";
  for (const line of lines.map((each) => ({ ...each, files: [...new Set(each.files)].filter(tells) }))) {
    if (line.files.length === 0) continue;
    if (line.day !== day) recent = recent.filter((cluster) => fits(cluster, line, filesPauseDays));
    ({ day } = line);
    const shares = ({ files }: Cluster): number =>
      line.files.filter((file) => files.has(file)).length / Math.min(files.size, line.files.length);
    const best = recent
      .filter((cluster) => cluster.lines[0]?.author === line.author && fits(cluster, line, filesPauseDays))
      .map((cluster) => ({ cluster, share: shares(cluster) }))
      .filter(({ share }) => share >= sharedEnough)
      .reduce<{ cluster: Cluster; share: number } | null>((a, b) => (a === null || b.share > a.share ? b : a), null);
    if (best !== null) add(best.cluster, line);
    else {
      const cluster = open(line);
      clusters.push(cluster);
      recent.push(cluster);
    }
  }
  return clusters;
}

function describeDays(lines: readonly WorkLine[]): string {
  const [first, last] = [lines[0]?.day ?? "", lines.at(-1)?.day ?? ""];
  const days = dayNumber(last) - dayNumber(first) + 1;
  return days === 1 ? "on one day" : `within ${days} days`;
}

function describeFiles(lines: readonly WorkLine[]): string {
  const counts = new Map<string, number>();
  for (const { files } of lines) for (const file of files) counts.set(file, (counts.get(file) ?? 0) + 1);
  const shared = [...counts]
    .filter(([, count]) => count > 1)
    .toSorted(([a, times], [b, others]) => others - times || (a < b ? -1 : 1))
    .map(([file]) => nameOf(file));
  const [first = "", second, ...rest] = [...new Set(shared)];
  if (second === undefined) return first;
  return rest.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${rest.length} more`;
}

/**
 * Proposals, those with most lines first; a line is in one at most, whatever the order of the lines given. Time grows with
 * the square of the lines of one day without a ticket.
 */
export function groupWork(lines: readonly WorkLine[]): WorkGroup[] {
  const groups: WorkGroup[] = [];
  for (const ofParty of Map.groupBy(lines, partyOf).values()) {
    const sorted = ofParty.toSorted(byDay);
    const ticketed = groupByTicket(sorted.filter(({ ticketKey }) => ticketKey !== null));
    const filed = groupByFiles(sorted.filter(({ ticketKey }) => ticketKey === null));
    for (const { lines: found } of [...ticketed, ...filed]) {
      if (found.length < 2) continue;
      const ticketKey = found[0]?.ticketKey ?? null;
      const reason =
        ticketKey === null
          ? `${found.length} lines ${describeDays(found)} change the same files: ${describeFiles(found)}`
          : `${found.length} lines for ${ticketKey}, ${describeDays(found)}`;
      groups.push({ ids: found.map(({ id }) => id), ticketKey, reason });
    }
  }
  return groups.toSorted((a, b) => b.ids.length - a.ids.length || ((a.ids[0] ?? "") < (b.ids[0] ?? "") ? -1 : 1));
}
