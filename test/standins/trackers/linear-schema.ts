/** As much of Linear's GraphQL as is asked for, in the types that linear.app/developers documents for it. */
export const linearSchema = `
scalar DateTime

input StringComparator { eq: String in: [String!] }
input NumberComparator { eq: Float in: [Float!] }
input TeamFilter { key: StringComparator }
input IssueFilter { or: [IssueFilter!] team: TeamFilter number: NumberComparator }

type WorkflowState { name: String! type: String! }
type Team { id: ID! key: String! name: String! }
type Project { id: ID! name: String! }
type IssueLabel { name: String! }
type IssueLabelConnection { nodes: [IssueLabel!]! }
type User { id: ID! name: String! email: String! }
type Organization { id: ID! name: String! urlKey: String! }

type Issue {
  id: ID!
  identifier: String!
  number: Float!
  previousIdentifiers: [String!]!
  title: String!
  url: String!
  updatedAt: DateTime!
  trashed: Boolean
  estimate: Float
  state: WorkflowState!
  team: Team!
  parent: Issue
  project: Project
  labels(first: Int): IssueLabelConnection!
  assignee: User
}
type IssueConnection { nodes: [Issue!]! }
type TeamConnection { nodes: [Team!]! }

type Webhook { id: ID! url: String }
type WebhookConnection { nodes: [Webhook!]! }
type WebhookPayload { success: Boolean! webhook: Webhook! }
type DeletePayload { success: Boolean! entityId: String! }
input WebhookCreateInput {
  url: String!
  resourceTypes: [String!]!
  label: String
  secret: String
  teamId: String
  allPublicTeams: Boolean
}

type Query {
  viewer: User!
  organization: Organization!
  teams(first: Int): TeamConnection!
  issue(id: String!): Issue!
  issues(filter: IssueFilter, first: Int, includeArchived: Boolean): IssueConnection!
  webhooks(first: Int): WebhookConnection!
}
type Mutation {
  webhookCreate(input: WebhookCreateInput!): WebhookPayload!
  webhookDelete(id: String!): DeletePayload!
}
`;
