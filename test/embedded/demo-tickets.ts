/** The tickets that the demo's commits name, as its two ticket systems have them. */
import type { NewTicket } from "../standins/trackers/ticket.ts";

const developer = { name: "Demo Developer", email: "demo@billhook.example" };
const giftCards = { key: "SHOP-140", title: "Gift cards" };
const search = { key: "SHOP-141", title: "Search" };
const stock = { key: "WH-50", title: "Stock reservations" };
const exports = { key: "LARK-80", title: "Scheduled exports" };

const done = { status: "Done", isDone: true };
const review = { status: "In review", isDone: false };
const progress = { status: "In progress", isDone: false };

type Listed = [key: string, title: string, facts: Partial<NewTicket>];

const shop: Listed[] = [
  ["SHOP-128", "Delivery address is lost when a card is declined", { ...done, type: "Bug" }],
  ["SHOP-131", "Customers see where their parcel is", { ...done, type: "Story" }],
  ["SHOP-133", "Prices differ by a cent between pages", { ...done, type: "Bug" }],
  ["SHOP-136", "E-books are taxed by the country they are sent to", { ...done, type: "Bug" }],
  ["SHOP-138", "Covers load slowly on phones", { ...done, type: "Task" }],
  ["SHOP-139", "Newsletter asks before the first letter", { ...done, type: "Story" }],
  ["SHOP-142", "Customers buy and redeem gift cards", { ...done, type: "Story", epic: giftCards, labels: ["client"] }],
  [
    "SHOP-143",
    "A gift card arrives on the chosen day",
    { ...done, type: "Story", epic: giftCards, labels: ["client"] },
  ],
  ["SHOP-144", "A gift card has a design and a greeting", { ...review, type: "Story", epic: giftCards }],
  ["SHOP-147", "Basket is empty after a coffee break", { ...done, type: "Bug", loggedMinutes: 90 }],
  ["SHOP-149", "VAT number on business invoices", { ...done, type: "Story" }],
  ["SHOP-150", "Sign-in refuses addresses with spaces", { ...done, type: "Bug" }],
  ["SHOP-151", "Filter the catalogue", { ...done, type: "Story", epic: search, estimateMinutes: 480 }],
  ["SHOP-152", "Titles with accents are not found", { ...done, type: "Bug", epic: search }],
  ["SHOP-153", "One way to load books", { ...done, type: "Task", epic: search }],
  ["SHOP-154", "Suggest authors while typing", { ...progress, type: "Story", epic: search, estimateMinutes: 360 }],
  ["SHOP-155", "Home page shows books sooner", { ...progress, type: "Task" }],
  ["SHOP-156", "Checkout says what is missing", { ...done, type: "Bug" }],
  ["WH-48", "Stock feed stops after a timeout", { ...done, type: "Bug" }],
  ["WH-49", "Discount groups of the publisher", { ...done, type: "Task" }],
  ["WH-51", "Unknown articles are reported", { ...done, type: "Story" }],
  ["WH-52", "Returns are there within the hour", { ...done, type: "Story" }],
  ["WH-57", "Reserve copies when an order is placed", { ...done, type: "Story", epic: stock, loggedMinutes: 170 }],
  ["WH-59", "New delivery note of the warehouse", { ...done, type: "Task" }],
  ["WH-60", "Titles with two numbers", { ...done, type: "Bug" }],
  ["WH-61", "Say when the feed is late", { ...done, type: "Task" }],
  ["WH-62", "Returned copies are counted twice", { ...review, type: "Bug" }],
];

const reports: Listed[] = [
  ["LARK-71", "Compare quarters in one chart", done],
  ["LARK-73", "Revenue report takes a minute", done],
  ["LARK-74", "Saved filters", done],
  ["LARK-76", "Totals of accounts in two currencies", done],
  ["LARK-82", "Sign in with the company's directory", done],
  ["LARK-83", "Empty charts explain themselves", done],
  ["LARK-86", "A spreadsheet every Monday", { ...done, parent: exports }],
  ["LARK-88", "Weeks begin on Sunday for American accounts", done],
  ["LARK-89", "Start page opens at once", done],
  ["LARK-90", "Age of the figures", done],
  ["LARK-91", "Very large reports", review],
  ["LARK-92", "Rename an account", done],
];

const toTicket = ([key, title, facts]: Listed): NewTicket => ({ key, title, assignee: developer, ...facts });

export const jiraTickets: NewTicket[] = [
  ...[giftCards, search, stock].map(({ key, title }) => ({ key, title, type: "Epic", ...progress })),
  ...shop.map(toTicket),
];
export const linearTickets: NewTicket[] = [{ ...exports, ...progress }, ...reports.map(toTicket)];
