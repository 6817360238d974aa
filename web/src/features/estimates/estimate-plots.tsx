import type { EstimateReport } from "@billhook/database/estimates";
import type { ReactNode } from "react";
import { Bar, BarChart, CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Formatters } from "../../data/format.ts";
import { percent } from "./estimates-search.ts";

const axis = { tickLine: false, axisLine: false, tick: { fill: "var(--muted)", fontSize: 11.5 } } as const;
const still = { isAnimationActive: false } as const;
const hours = (minutes: number): number => Math.round((minutes / 60) * 10) / 10;
const share = (part: number, whole: number): number | null => (whole === 0 ? null : Math.round((part / whole) * 100));

/** The figures in words, and the plots behind them. Everything was counted by the database. */
export function EstimatePlots({ report, format }: { report: EstimateReport; format: Formatters }) {
  const { total } = report;
  const ranged = report.weeks.reduce((sum, week) => sum + week.ranged, 0);
  const within = report.weeks.reduce((sum, week) => sum + week.within, 0);
  const tested = report.weeks.reduce((sum, week) => sum + week.tested, 0);
  const held = report.weeks.reduce((sum, week) => sum + week.held, 0);
  const bias = total.approved === 0 ? null : Math.round((total.estimated / total.approved - 1) * 100);
  const weeks = report.weeks.map((week) => ({
    week: format.day(week.week).replace(/^\S+ /, ""),
    unedited: share(week.unedited, week.lines),
    within: share(week.within, week.ranged),
  }));
  const several = new Set(report.months.map(({ person }) => person)).size > 1;
  const months = report.months.map((month) => ({
    name: several ? `${monthOf(month.month)}, ${shorten(month.person)}` : monthOf(month.month),
    estimated: hours(month.estimated),
    approved: hours(month.approved),
  }));
  return (
    <div className="mx-auto max-w-6xl px-4 py-5">
      <dl className="grid gap-px overflow-hidden rounded-md border border-line bg-line md:grid-cols-5">
        <Figure name="Approved unedited" value={percent(total.unedited, total.lines)}>
          {total.unedited} of {total.lines} lines
        </Figure>
        <Figure name="Usual edit" value={total.median_edit === null ? "–" : format.hours(total.median_edit)}>
          half of the edits are smaller
        </Figure>
        <Figure
          name="Estimated against approved"
          value={bias === null ? "–" : `${bias > 0 ? "+" : bias < 0 ? "−" : ""}${Math.abs(bias)}%`}
        >
          {format.hours(total.estimated)} for {format.hours(total.approved)}
        </Figure>
        <Figure name="Within the range" value={percent(within, ranged)}>
          {tested === 0 ? "no edited line has a range" : `${percent(held, tested)} of ${tested} edited lines`}
        </Figure>
        <Figure name="From commit to invoice" value={total.median_wait === null ? "–" : days(total.median_wait)}>
          {total.billed === 0 ? "nothing is invoiced yet" : `half of ${total.billed} lines are faster`}
        </Figure>
      </dl>
      <div className="mt-6 grid gap-x-8 gap-y-7 lg:grid-cols-2">
        <Plot
          title="Estimated and approved hours, by month"
          rows={months.length}
          keys={[
            ["Estimated", "var(--faint)"],
            ["Approved", "var(--accent)"],
          ]}
          words={months.map(
            ({ name, estimated, approved }) => `${name}: ${estimated} h estimated, ${approved} h approved`,
          )}
        >
          <BarChart accessibilityLayer={false} data={months} layout="vertical" barGap={1}>
            <CartesianGrid horizontal={false} stroke="var(--line)" />
            <XAxis type="number" unit=" h" {...axis} />
            <YAxis type="category" dataKey="name" width={several ? 178 : 84} interval={0} {...axis} />
            <Tooltip content={<Hint unit=" h" />} cursor={{ fill: "var(--hover)" }} />
            <Bar
              dataKey="estimated"
              name="Estimated"
              fill="var(--faint)"
              maxBarSize={14}
              radius={[0, 2, 2, 0]}
              {...still}
            />
            <Bar
              dataKey="approved"
              name="Approved"
              fill="var(--accent)"
              maxBarSize={14}
              radius={[0, 2, 2, 0]}
              {...still}
            />
          </BarChart>
        </Plot>
        <Plot
          title="Approved unedited, and within the range, by week"
          keys={[
            ["Unedited", "var(--accent)"],
            ["Within the range", "var(--warn)"],
          ]}
          words={weeks.map(
            ({ week, unedited, within: inside }) =>
              `${week}: ${unedited ?? 0}% unedited, ${inside ?? 0}% within the range`,
          )}
        >
          <LineChart accessibilityLayer={false} data={weeks}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="week" {...axis} padding={{ left: 16, right: 16 }} />
            <YAxis width={42} unit="%" domain={[0, 100]} {...axis} />
            <Tooltip content={<Hint unit="%" />} cursor={{ stroke: "var(--line-strong)" }} />
            <Line
              dataKey="unedited"
              name="Unedited"
              stroke="var(--accent)"
              strokeWidth={2}
              dot={{ r: 3, fill: "var(--accent)" }}
              {...still}
            />
            <Line
              dataKey="within"
              name="Within the range"
              stroke="var(--warn)"
              strokeWidth={2}
              strokeDasharray="4 3"
              dot={{ r: 3, fill: "var(--warn)", strokeDasharray: "0" }}
              {...still}
            />
          </LineChart>
        </Plot>
        <Plot title="How much people change" words={report.edits.map(({ label, lines }) => `${label}: ${lines}`)}>
          <BarChart accessibilityLayer={false} data={report.edits} layout="vertical">
            <CartesianGrid horizontal={false} stroke="var(--line)" />
            <XAxis type="number" allowDecimals={false} {...axis} />
            <YAxis type="category" dataKey="label" width={116} interval={0} {...axis} />
            <Tooltip content={<Hint unit=" lines" />} cursor={{ fill: "var(--hover)" }} />
            <Bar
              dataKey="lines"
              name="Approved"
              fill="var(--accent)"
              maxBarSize={18}
              radius={[0, 2, 2, 0]}
              {...still}
            />
          </BarChart>
        </Plot>
        <Plot title="From commit to invoice" words={report.waits.map(({ label, lines }) => `${label}: ${lines}`)}>
          {total.billed === 0 ? null : (
            <BarChart accessibilityLayer={false} data={report.waits} layout="vertical">
              <CartesianGrid horizontal={false} stroke="var(--line)" />
              <XAxis type="number" allowDecimals={false} {...axis} />
              <YAxis type="category" dataKey="label" width={84} interval={0} {...axis} />
              <Tooltip content={<Hint unit=" lines" />} cursor={{ fill: "var(--hover)" }} />
              <Bar
                dataKey="lines"
                name="Invoiced"
                fill="var(--accent)"
                maxBarSize={18}
                radius={[0, 2, 2, 0]}
                {...still}
              />
            </BarChart>
          )}
        </Plot>
      </div>
      <p className="mt-6 text-sm text-muted">
        By the day of the work. People tend to agree with what is suggested, so that unedited approvals say less than
        edited ones; the range is tested by the edited ones alone.
      </p>
    </div>
  );
}

const monthWords = new Intl.DateTimeFormat("en", { month: "short", year: "numeric", timeZone: "UTC" });
const monthOf = (day: string): string => monthWords.format(new Date(`${day}T00:00:00Z`));
const shorten = (name: string): string => (name.length > 18 ? `${name.slice(0, 17)}…` : name);
const days = (count: number): string => (count === 1 ? "1 day" : `${Math.round(count * 10) / 10} days`);

function Figure({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div className="bg-surface px-3 py-2.5">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="mt-0.5 text-xl font-semibold">{value}</dd>
      <dd className="text-sm text-faint">{children}</dd>
    </div>
  );
}

/** A titled plot; screen readers get its figures as a list. */
function Plot(props: {
  title: string;
  keys?: [name: string, color: string][];
  words: readonly string[];
  /** Of one beside the others, or more where there is more to show. */
  rows?: number;
  children: ReactNode;
}) {
  return (
    <figure>
      <figcaption className="mb-2 flex flex-wrap items-center gap-x-3 font-medium">
        {props.title}
        {(props.keys ?? []).map(([name, color]) => (
          <span key={name} className="inline-flex items-center gap-1.5 text-sm font-normal text-muted">
            <span aria-hidden className="size-2 rounded-sm" style={{ background: color }} />
            {name}
          </span>
        ))}
      </figcaption>
      {props.children === null ? (
        <p className="text-muted">Nothing of this is invoiced yet.</p>
      ) : (
        <>
          {/* A picture for the eye, without focus (accessibilityLayer is off): the list below says the same. */}
          <div aria-hidden style={{ height: Math.max(240, (props.rows ?? 0) * 40 + 40) }}>
            <ResponsiveContainer width="100%" height="100%">
              {props.children}
            </ResponsiveContainer>
          </div>
          <ul className="sr-only">
            {props.words.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </>
      )}
    </figure>
  );
}

interface HintProps {
  unit: string;
  active?: boolean;
  label?: string | number;
  payload?: readonly { name?: string; value?: number | string }[];
}

function Hint({ unit, active, label, payload }: HintProps) {
  if (active !== true || payload === undefined) return null;
  return (
    <div className="rounded-md border border-line bg-raised px-2.5 py-1.5 text-sm shadow-pop">
      <p className="font-medium">{label}</p>
      {payload.map(({ name, value }) => (
        <p key={name} className="text-muted">
          {name}: {value}
          {unit}
        </p>
      ))}
    </div>
  );
}
