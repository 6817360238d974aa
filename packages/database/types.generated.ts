// Generated from supabase/migrations by `npm run types:database`. Not to be edited.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  __InternalSupabase: { PostgrestVersion: "14.1" };
  public: {
    Tables: {
      audit_events: {
        Row: {
          act_id: string | null;
          action: string;
          actor_id: string | null;
          after: Json | null;
          before: Json | null;
          created_at: string;
          entity_id: string;
          entity_type: string;
          id: number;
          workspace_id: string;
        };
        Insert: {
          act_id?: string | null;
          action: string;
          actor_id?: string | null;
          after?: Json | null;
          before?: Json | null;
          created_at?: string;
          entity_id: string;
          entity_type: string;
          id?: never;
          workspace_id: string;
        };
        Update: {
          act_id?: string | null;
          action?: string;
          actor_id?: string | null;
          after?: Json | null;
          before?: Json | null;
          created_at?: string;
          entity_id?: string;
          entity_type?: string;
          id?: never;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "audit_events_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      clients: {
        Row: {
          address: string | null;
          archived_at: string | null;
          contact_name: string | null;
          country: string | null;
          created_at: string;
          currency: string;
          email: string | null;
          evidence_appendix: boolean;
          hourly_rate_minor: number | null;
          id: string;
          locale: string;
          name: string;
          number_code: string | null;
          payment_methods: string[] | null;
          payment_terms_days: number | null;
          prices_include_tax: boolean | null;
          rounding_direction: string;
          rounding_minutes: number;
          rounding_scope: string;
          tax_id: string | null;
          tax_rate_id: string | null;
          timezone: string | null;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          address?: string | null;
          archived_at?: string | null;
          contact_name?: string | null;
          country?: string | null;
          created_at?: string;
          currency?: string;
          email?: string | null;
          evidence_appendix?: boolean;
          hourly_rate_minor?: number | null;
          id?: string;
          locale?: string;
          name: string;
          number_code?: string | null;
          payment_methods?: string[] | null;
          payment_terms_days?: number | null;
          prices_include_tax?: boolean | null;
          rounding_direction?: string;
          rounding_minutes?: number;
          rounding_scope?: string;
          tax_id?: string | null;
          tax_rate_id?: string | null;
          timezone?: string | null;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          address?: string | null;
          archived_at?: string | null;
          contact_name?: string | null;
          country?: string | null;
          created_at?: string;
          currency?: string;
          email?: string | null;
          evidence_appendix?: boolean;
          hourly_rate_minor?: number | null;
          id?: string;
          locale?: string;
          name?: string;
          number_code?: string | null;
          payment_methods?: string[] | null;
          payment_terms_days?: number | null;
          prices_include_tax?: boolean | null;
          rounding_direction?: string;
          rounding_minutes?: number;
          rounding_scope?: string;
          tax_id?: string | null;
          tax_rate_id?: string | null;
          timezone?: string | null;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "clients_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "clients_workspace_id_tax_rate_id_fkey"; columns: ["workspace_id","tax_rate_id"]; isOneToOne: false; referencedRelation: "tax_rates"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      commit_draft_items: {
        Row: {
          commit_id: string;
          draft_line_item_id: string;
          workspace_id: string;
        };
        Insert: {
          commit_id: string;
          draft_line_item_id: string;
          workspace_id: string;
        };
        Update: {
          commit_id?: string;
          draft_line_item_id?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "commit_draft_items_workspace_id_commit_id_fkey"; columns: ["workspace_id","commit_id"]; isOneToOne: false; referencedRelation: "commits"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commit_draft_items_workspace_id_draft_line_item_id_fkey"; columns: ["workspace_id","draft_line_item_id"]; isOneToOne: false; referencedRelation: "draft_line_items"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commit_draft_items_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      commit_links: {
        Row: {
          commit_id: string;
          created_at: string;
          earlier_id: string;
          evidence: string | null;
          kind: string;
          workspace_id: string;
        };
        Insert: {
          commit_id: string;
          created_at?: string;
          earlier_id: string;
          evidence?: string | null;
          kind: string;
          workspace_id: string;
        };
        Update: {
          commit_id?: string;
          created_at?: string;
          earlier_id?: string;
          evidence?: string | null;
          kind?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "commit_links_workspace_id_commit_id_fkey"; columns: ["workspace_id","commit_id"]; isOneToOne: false; referencedRelation: "commits"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commit_links_workspace_id_earlier_id_fkey"; columns: ["workspace_id","earlier_id"]; isOneToOne: false; referencedRelation: "commits"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commit_links_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      commit_tickets: {
        Row: {
          commit_id: string;
          key: string;
          position: number;
          ticket_id: string | null;
          workspace_id: string;
        };
        Insert: {
          commit_id: string;
          key: string;
          position: number;
          ticket_id?: string | null;
          workspace_id: string;
        };
        Update: {
          commit_id?: string;
          key?: string;
          position?: number;
          ticket_id?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "commit_tickets_workspace_id_commit_id_fkey"; columns: ["workspace_id","commit_id"]; isOneToOne: false; referencedRelation: "commits"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commit_tickets_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "commit_tickets_workspace_id_ticket_id_fkey"; columns: ["workspace_id","ticket_id"]; isOneToOne: false; referencedRelation: "tickets"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      commits: {
        Row: {
          additions: number | null;
          author_email: string | null;
          author_name: string | null;
          author_username: string | null;
          authored_at: string | null;
          authored_offset_minutes: number | null;
          binary_files: number | null;
          branch: string | null;
          committed_at: string | null;
          committer_email: string | null;
          committer_name: string | null;
          created_at: string;
          deletions: number | null;
          delivery_id: string | null;
          files: Json | null;
          files_changed: number | null;
          hash: string;
          id: string;
          ignored_at: string | null;
          ignored_reason: string | null;
          ignored_rule: string | null;
          invoiced_at: string | null;
          message: string;
          message_key: string | null;
          moment_key: string | null;
          parents: string[] | null;
          patch_id: string | null;
          person_id: string | null;
          project_id: string;
          proposal: Json | null;
          repository_id: string;
          same_work_as: string | null;
          same_work_evidence: string | null;
          short_hash: string;
          source_additions: number | null;
          source_deletions: number | null;
          source_files: number | null;
          status: string;
          ticket_ref: string | null;
          ticket_refs: string[];
          updated_at: string;
          url: string | null;
          work_day: string | null;
          workspace_id: string;
        };
        Insert: {
          additions?: number | null;
          author_email?: string | null;
          author_name?: string | null;
          author_username?: string | null;
          authored_at?: string | null;
          authored_offset_minutes?: number | null;
          binary_files?: number | null;
          branch?: string | null;
          committed_at?: string | null;
          committer_email?: string | null;
          committer_name?: string | null;
          created_at?: string;
          deletions?: number | null;
          delivery_id?: string | null;
          files?: Json | null;
          files_changed?: number | null;
          hash: string;
          id?: string;
          ignored_at?: string | null;
          ignored_reason?: string | null;
          ignored_rule?: string | null;
          invoiced_at?: string | null;
          message: string;
          message_key?: string | null;
          moment_key?: string | null;
          parents?: string[] | null;
          patch_id?: string | null;
          person_id?: string | null;
          project_id: string;
          proposal?: Json | null;
          repository_id: string;
          same_work_as?: string | null;
          same_work_evidence?: string | null;
          short_hash?: never;
          source_additions?: number | null;
          source_deletions?: number | null;
          source_files?: number | null;
          status?: string;
          ticket_ref?: string | null;
          ticket_refs?: string[];
          updated_at?: string;
          url?: string | null;
          work_day?: string | null;
          workspace_id: string;
        };
        Update: {
          additions?: number | null;
          author_email?: string | null;
          author_name?: string | null;
          author_username?: string | null;
          authored_at?: string | null;
          authored_offset_minutes?: number | null;
          binary_files?: number | null;
          branch?: string | null;
          committed_at?: string | null;
          committer_email?: string | null;
          committer_name?: string | null;
          created_at?: string;
          deletions?: number | null;
          delivery_id?: string | null;
          files?: Json | null;
          files_changed?: number | null;
          hash?: string;
          id?: string;
          ignored_at?: string | null;
          ignored_reason?: string | null;
          ignored_rule?: string | null;
          invoiced_at?: string | null;
          message?: string;
          message_key?: string | null;
          moment_key?: string | null;
          parents?: string[] | null;
          patch_id?: string | null;
          person_id?: string | null;
          project_id?: string;
          proposal?: Json | null;
          repository_id?: string;
          same_work_as?: string | null;
          same_work_evidence?: string | null;
          short_hash?: never;
          source_additions?: number | null;
          source_deletions?: number | null;
          source_files?: number | null;
          status?: string;
          ticket_ref?: string | null;
          ticket_refs?: string[];
          updated_at?: string;
          url?: string | null;
          work_day?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "commits_workspace_id_delivery_id_fkey"; columns: ["workspace_id","delivery_id"]; isOneToOne: false; referencedRelation: "webhook_deliveries"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commits_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "commits_workspace_id_person_id_fkey"; columns: ["workspace_id","person_id"]; isOneToOne: false; referencedRelation: "people"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commits_workspace_id_project_id_fkey"; columns: ["workspace_id","project_id"]; isOneToOne: false; referencedRelation: "projects"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commits_workspace_id_repository_id_fkey"; columns: ["workspace_id","repository_id"]; isOneToOne: false; referencedRelation: "repositories"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "commits_workspace_id_same_work_as_fkey"; columns: ["workspace_id","same_work_as"]; isOneToOne: false; referencedRelation: "commits"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      draft_line_items: {
        Row: {
          approved_at: string | null;
          approved_by: string | null;
          author_name: string | null;
          awaits_ticket: boolean | null;
          billable: boolean;
          category: string | null;
          client_id: string;
          co_authored: boolean;
          created_at: string;
          currency: string;
          deferred_for_ticket: boolean;
          deferred_until: string | null;
          description: string;
          detailed_description: string | null;
          edited_at: string | null;
          end_date: string;
          epic: string | null;
          estimate_high: number | null;
          estimate_low: number | null;
          estimate_method: string;
          estimate_reason: string | null;
          estimated_minutes: number | null;
          flags: Json;
          hourly_rate_minor: number | null;
          hours: number | null;
          id: string;
          invoice_id: string | null;
          made_by: string | null;
          minutes: number;
          own_estimate: Json | null;
          person_id: string | null;
          project_id: string;
          rate_source: string | null;
          rejected_at: string | null;
          rejected_reason: string | null;
          replaced_by: string | null;
          repository_id: string | null;
          share: number;
          source_type: string;
          start_date: string;
          status: string;
          ticket_id: string | null;
          ticket_key: string | null;
          ticket_url: string | null;
          total_minor: number | null;
          updated_at: string;
          version: number;
          workspace_id: string;
        };
        Insert: {
          approved_at?: string | null;
          approved_by?: string | null;
          author_name?: string | null;
          awaits_ticket?: boolean | null;
          billable?: boolean;
          category?: string | null;
          client_id: string;
          co_authored?: boolean;
          created_at?: string;
          currency: string;
          deferred_for_ticket?: boolean;
          deferred_until?: string | null;
          description: string;
          detailed_description?: string | null;
          edited_at?: string | null;
          end_date: string;
          epic?: string | null;
          estimate_high?: number | null;
          estimate_low?: number | null;
          estimate_method?: string;
          estimate_reason?: string | null;
          estimated_minutes?: number | null;
          flags?: Json;
          hourly_rate_minor?: number | null;
          hours?: never;
          id?: string;
          invoice_id?: string | null;
          made_by?: string | null;
          minutes: number;
          own_estimate?: Json | null;
          person_id?: string | null;
          project_id: string;
          rate_source?: string | null;
          rejected_at?: string | null;
          rejected_reason?: string | null;
          replaced_by?: string | null;
          repository_id?: string | null;
          share?: number;
          source_type?: string;
          start_date: string;
          status?: string;
          ticket_id?: string | null;
          ticket_key?: string | null;
          ticket_url?: string | null;
          total_minor?: never;
          updated_at?: string;
          version?: number;
          workspace_id: string;
        };
        Update: {
          approved_at?: string | null;
          approved_by?: string | null;
          author_name?: string | null;
          awaits_ticket?: boolean | null;
          billable?: boolean;
          category?: string | null;
          client_id?: string;
          co_authored?: boolean;
          created_at?: string;
          currency?: string;
          deferred_for_ticket?: boolean;
          deferred_until?: string | null;
          description?: string;
          detailed_description?: string | null;
          edited_at?: string | null;
          end_date?: string;
          epic?: string | null;
          estimate_high?: number | null;
          estimate_low?: number | null;
          estimate_method?: string;
          estimate_reason?: string | null;
          estimated_minutes?: number | null;
          flags?: Json;
          hourly_rate_minor?: number | null;
          hours?: never;
          id?: string;
          invoice_id?: string | null;
          made_by?: string | null;
          minutes?: number;
          own_estimate?: Json | null;
          person_id?: string | null;
          project_id?: string;
          rate_source?: string | null;
          rejected_at?: string | null;
          rejected_reason?: string | null;
          replaced_by?: string | null;
          repository_id?: string | null;
          share?: number;
          source_type?: string;
          start_date?: string;
          status?: string;
          ticket_id?: string | null;
          ticket_key?: string | null;
          ticket_url?: string | null;
          total_minor?: never;
          updated_at?: string;
          version?: number;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "draft_line_items_workspace_id_client_id_fkey"; columns: ["workspace_id","client_id"]; isOneToOne: false; referencedRelation: "clients"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "draft_line_items_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "draft_line_items_workspace_id_invoice_id_fkey"; columns: ["workspace_id","invoice_id"]; isOneToOne: false; referencedRelation: "invoices"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "draft_line_items_workspace_id_made_by_fkey"; columns: ["workspace_id","made_by"]; isOneToOne: false; referencedRelation: "draft_replacements"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "draft_line_items_workspace_id_person_id_fkey"; columns: ["workspace_id","person_id"]; isOneToOne: false; referencedRelation: "people"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "draft_line_items_workspace_id_project_id_fkey"; columns: ["workspace_id","project_id"]; isOneToOne: false; referencedRelation: "projects"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "draft_line_items_workspace_id_replaced_by_fkey"; columns: ["workspace_id","replaced_by"]; isOneToOne: false; referencedRelation: "draft_replacements"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "draft_line_items_workspace_id_repository_id_fkey"; columns: ["workspace_id","repository_id"]; isOneToOne: false; referencedRelation: "repositories"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "draft_line_items_workspace_id_ticket_id_fkey"; columns: ["workspace_id","ticket_id"]; isOneToOne: false; referencedRelation: "tickets"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      draft_replacements: {
        Row: {
          created_at: string;
          created_by: string | null;
          draft_ids: string[];
          id: string;
          kind: string;
          minutes: number;
          undone_at: string | null;
          undone_by: string | null;
          workspace_id: string;
        };
        Insert: {
          created_at?: string;
          created_by?: string | null;
          draft_ids: string[];
          id?: string;
          kind: string;
          minutes: number;
          undone_at?: string | null;
          undone_by?: string | null;
          workspace_id: string;
        };
        Update: {
          created_at?: string;
          created_by?: string | null;
          draft_ids?: string[];
          id?: string;
          kind?: string;
          minutes?: number;
          undone_at?: string | null;
          undone_by?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "draft_replacements_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      draft_words: {
        Row: {
          attempts: number;
          created_at: string;
          draft_line_item_id: string;
          reason: string | null;
          status: string;
          updated_at: string;
          waits_until: string | null;
          workspace_id: string;
        };
        Insert: {
          attempts?: number;
          created_at?: string;
          draft_line_item_id: string;
          reason?: string | null;
          status?: string;
          updated_at?: string;
          waits_until?: string | null;
          workspace_id: string;
        };
        Update: {
          attempts?: number;
          created_at?: string;
          draft_line_item_id?: string;
          reason?: string | null;
          status?: string;
          updated_at?: string;
          waits_until?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "draft_words_workspace_id_draft_line_item_id_fkey"; columns: ["workspace_id","draft_line_item_id"]; isOneToOne: false; referencedRelation: "draft_line_items"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "draft_words_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      host_grant_secrets: {
        Row: {
          ciphertext: string;
          created_at: string;
          grant_id: string;
          id: string;
          purpose: string;
          workspace_id: string;
        };
        Insert: {
          ciphertext: string;
          created_at?: string;
          grant_id: string;
          id?: string;
          purpose: string;
          workspace_id: string;
        };
        Update: {
          ciphertext?: string;
          created_at?: string;
          grant_id?: string;
          id?: string;
          purpose?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "host_grant_secrets_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "host_grant_secrets_workspace_id_grant_id_fkey"; columns: ["workspace_id","grant_id"]; isOneToOne: false; referencedRelation: "host_grants"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      host_grants: {
        Row: {
          account_name: string | null;
          base_url: string | null;
          budget_limit: number | null;
          budget_remaining: number | null;
          budget_reset_at: string | null;
          created_at: string;
          created_by: string | null;
          expires_at: string | null;
          id: string;
          kind: string;
          provider: string;
          refresh_locked_until: string | null;
          revoked_at: string | null;
          revoked_reason: string | null;
          scopes: string[];
          updated_at: string;
          waits_until: string | null;
          workspace_id: string;
        };
        Insert: {
          account_name?: string | null;
          base_url?: string | null;
          budget_limit?: number | null;
          budget_remaining?: number | null;
          budget_reset_at?: string | null;
          created_at?: string;
          created_by?: string | null;
          expires_at?: string | null;
          id?: string;
          kind: string;
          provider: string;
          refresh_locked_until?: string | null;
          revoked_at?: string | null;
          revoked_reason?: string | null;
          scopes?: string[];
          updated_at?: string;
          waits_until?: string | null;
          workspace_id: string;
        };
        Update: {
          account_name?: string | null;
          base_url?: string | null;
          budget_limit?: number | null;
          budget_remaining?: number | null;
          budget_reset_at?: string | null;
          created_at?: string;
          created_by?: string | null;
          expires_at?: string | null;
          id?: string;
          kind?: string;
          provider?: string;
          refresh_locked_until?: string | null;
          revoked_at?: string | null;
          revoked_reason?: string | null;
          scopes?: string[];
          updated_at?: string;
          waits_until?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "host_grants_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      import_jobs: {
        Row: {
          branch: string | null;
          created_at: string;
          cursor: string | null;
          error: string | null;
          failures: number;
          finished_at: string | null;
          found: number;
          head: string | null;
          id: string;
          imported: number;
          last_commits: number | null;
          leased_until: string | null;
          mode: string;
          pages: number;
          repository_id: string;
          requested_by: string | null;
          since: string | null;
          skipped: number;
          skipped_reasons: Json;
          started_at: string | null;
          status: string;
          updated_at: string;
          waits_until: string | null;
          workspace_id: string;
        };
        Insert: {
          branch?: string | null;
          created_at?: string;
          cursor?: string | null;
          error?: string | null;
          failures?: number;
          finished_at?: string | null;
          found?: number;
          head?: string | null;
          id?: string;
          imported?: number;
          last_commits?: number | null;
          leased_until?: string | null;
          mode: string;
          pages?: number;
          repository_id: string;
          requested_by?: string | null;
          since?: string | null;
          skipped?: number;
          skipped_reasons?: Json;
          started_at?: string | null;
          status?: string;
          updated_at?: string;
          waits_until?: string | null;
          workspace_id: string;
        };
        Update: {
          branch?: string | null;
          created_at?: string;
          cursor?: string | null;
          error?: string | null;
          failures?: number;
          finished_at?: string | null;
          found?: number;
          head?: string | null;
          id?: string;
          imported?: number;
          last_commits?: number | null;
          leased_until?: string | null;
          mode?: string;
          pages?: number;
          repository_id?: string;
          requested_by?: string | null;
          since?: string | null;
          skipped?: number;
          skipped_reasons?: Json;
          started_at?: string | null;
          status?: string;
          updated_at?: string;
          waits_until?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "import_jobs_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "import_jobs_workspace_id_repository_id_fkey"; columns: ["workspace_id","repository_id"]; isOneToOne: false; referencedRelation: "repositories"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      inbox_view_choices: {
        Row: {
          user_id: string;
          view_id: string;
          workspace_id: string;
        };
        Insert: {
          user_id: string;
          view_id: string;
          workspace_id: string;
        };
        Update: {
          user_id?: string;
          view_id?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "inbox_view_choices_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "inbox_view_choices_workspace_id_view_id_fkey"; columns: ["workspace_id","view_id"]; isOneToOne: false; referencedRelation: "inbox_views"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      inbox_views: {
        Row: {
          created_at: string;
          created_by: string | null;
          id: string;
          name: string;
          search: Json;
          shared: boolean;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          created_at?: string;
          created_by?: string | null;
          id?: string;
          name: string;
          search: Json;
          shared?: boolean;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          created_at?: string;
          created_by?: string | null;
          id?: string;
          name?: string;
          search?: Json;
          shared?: boolean;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "inbox_views_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      invitations: {
        Row: {
          accepted_at: string | null;
          created_at: string;
          email: string;
          expires_at: string;
          id: string;
          invited_by: string | null;
          role: string;
          token_hash: string;
          workspace_id: string;
        };
        Insert: {
          accepted_at?: string | null;
          created_at?: string;
          email: string;
          expires_at?: string;
          id?: string;
          invited_by?: string | null;
          role: string;
          token_hash: string;
          workspace_id: string;
        };
        Update: {
          accepted_at?: string | null;
          created_at?: string;
          email?: string;
          expires_at?: string;
          id?: string;
          invited_by?: string | null;
          role?: string;
          token_hash?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "invitations_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      invoice_counters: {
        Row: {
          last_number: number;
          period: number;
          series: string;
          workspace_id: string;
        };
        Insert: {
          last_number?: number;
          period?: number;
          series?: string;
          workspace_id: string;
        };
        Update: {
          last_number?: number;
          period?: number;
          series?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "invoice_counters_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      invoice_line_entries: {
        Row: {
          invoice_line_id: string;
          live: boolean;
          time_entry_id: string;
          workspace_id: string;
        };
        Insert: {
          invoice_line_id: string;
          live?: boolean;
          time_entry_id: string;
          workspace_id: string;
        };
        Update: {
          invoice_line_id?: string;
          live?: boolean;
          time_entry_id?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "invoice_line_entries_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "invoice_line_entries_workspace_id_invoice_line_id_fkey"; columns: ["workspace_id","invoice_line_id"]; isOneToOne: false; referencedRelation: "invoice_lines"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "invoice_line_entries_workspace_id_time_entry_id_fkey"; columns: ["workspace_id","time_entry_id"]; isOneToOne: false; referencedRelation: "time_entries"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      invoice_lines: {
        Row: {
          amount_minor: number;
          created_at: string;
          credits_line_id: string | null;
          description: string;
          detail: string | null;
          discount_minor: number | null;
          discount_percent: number | null;
          draft_line_item_id: string | null;
          end_date: string | null;
          entry_seconds: number | null;
          hourly_rate_minor: number | null;
          id: string;
          invoice_id: string;
          kind: string;
          position: number;
          project_id: string | null;
          quantity_thousandths: number | null;
          seconds: number | null;
          start_date: string | null;
          tax_minor: number;
          tax_rate_id: string | null;
          taxable_minor: number;
          ticket_key: string | null;
          total_minor: number;
          unit_price_minor: number | null;
          workspace_id: string;
        };
        Insert: {
          amount_minor?: number;
          created_at?: string;
          credits_line_id?: string | null;
          description: string;
          detail?: string | null;
          discount_minor?: number | null;
          discount_percent?: number | null;
          draft_line_item_id?: string | null;
          end_date?: string | null;
          entry_seconds?: number | null;
          hourly_rate_minor?: number | null;
          id?: string;
          invoice_id: string;
          kind?: string;
          position: number;
          project_id?: string | null;
          quantity_thousandths?: number | null;
          seconds?: number | null;
          start_date?: string | null;
          tax_minor?: number;
          tax_rate_id?: string | null;
          taxable_minor?: number;
          ticket_key?: string | null;
          total_minor?: number;
          unit_price_minor?: number | null;
          workspace_id: string;
        };
        Update: {
          amount_minor?: number;
          created_at?: string;
          credits_line_id?: string | null;
          description?: string;
          detail?: string | null;
          discount_minor?: number | null;
          discount_percent?: number | null;
          draft_line_item_id?: string | null;
          end_date?: string | null;
          entry_seconds?: number | null;
          hourly_rate_minor?: number | null;
          id?: string;
          invoice_id?: string;
          kind?: string;
          position?: number;
          project_id?: string | null;
          quantity_thousandths?: number | null;
          seconds?: number | null;
          start_date?: string | null;
          tax_minor?: number;
          tax_rate_id?: string | null;
          taxable_minor?: number;
          ticket_key?: string | null;
          total_minor?: number;
          unit_price_minor?: number | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "invoice_lines_workspace_id_credits_line_id_fkey"; columns: ["workspace_id","credits_line_id"]; isOneToOne: false; referencedRelation: "invoice_lines"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "invoice_lines_workspace_id_draft_line_item_id_fkey"; columns: ["workspace_id","draft_line_item_id"]; isOneToOne: false; referencedRelation: "draft_line_items"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "invoice_lines_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "invoice_lines_workspace_id_invoice_id_fkey"; columns: ["workspace_id","invoice_id"]; isOneToOne: false; referencedRelation: "invoices"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "invoice_lines_workspace_id_project_id_fkey"; columns: ["workspace_id","project_id"]; isOneToOne: false; referencedRelation: "projects"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "invoice_lines_workspace_id_tax_rate_id_fkey"; columns: ["workspace_id","tax_rate_id"]; isOneToOne: false; referencedRelation: "tax_rates"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      invoice_link_secrets: {
        Row: {
          ciphertext: string;
          link_id: string;
          token_hash: string;
          workspace_id: string;
        };
        Insert: {
          ciphertext: string;
          link_id: string;
          token_hash: string;
          workspace_id: string;
        };
        Update: {
          ciphertext?: string;
          link_id?: string;
          token_hash?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "invoice_link_secrets_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "invoice_link_secrets_workspace_id_link_id_fkey"; columns: ["workspace_id","link_id"]; isOneToOne: false; referencedRelation: "invoice_links"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      invoice_links: {
        Row: {
          created_at: string;
          created_by: string | null;
          expires_on: string | null;
          first_opened_at: string | null;
          id: string;
          invoice_id: string;
          last_opened_at: string | null;
          link_sources: boolean;
          opened_count: number;
          revoked_at: string | null;
          revoked_by: string | null;
          show_evidence: boolean;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          created_at?: string;
          created_by?: string | null;
          expires_on?: string | null;
          first_opened_at?: string | null;
          id?: string;
          invoice_id: string;
          last_opened_at?: string | null;
          link_sources?: boolean;
          opened_count?: number;
          revoked_at?: string | null;
          revoked_by?: string | null;
          show_evidence?: boolean;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          created_at?: string;
          created_by?: string | null;
          expires_on?: string | null;
          first_opened_at?: string | null;
          id?: string;
          invoice_id?: string;
          last_opened_at?: string | null;
          link_sources?: boolean;
          opened_count?: number;
          revoked_at?: string | null;
          revoked_by?: string | null;
          show_evidence?: boolean;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "invoice_links_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "invoice_links_workspace_id_invoice_id_fkey"; columns: ["workspace_id","invoice_id"]; isOneToOne: false; referencedRelation: "invoices"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      invoice_payments: {
        Row: {
          amount_minor: number;
          created_at: string;
          created_by: string | null;
          id: string;
          invoice_id: string;
          method: string | null;
          note: string | null;
          paid_on: string;
          source: string;
          stripe_minor: number;
          stripe_record_id: string | null;
          stripe_refund_id: string | null;
          stripe_told_at: string | null;
          workspace_id: string;
        };
        Insert: {
          amount_minor: number;
          created_at?: string;
          created_by?: string | null;
          id?: string;
          invoice_id: string;
          method?: string | null;
          note?: string | null;
          paid_on: string;
          source?: string;
          stripe_minor?: number;
          stripe_record_id?: string | null;
          stripe_refund_id?: string | null;
          stripe_told_at?: string | null;
          workspace_id: string;
        };
        Update: {
          amount_minor?: number;
          created_at?: string;
          created_by?: string | null;
          id?: string;
          invoice_id?: string;
          method?: string | null;
          note?: string | null;
          paid_on?: string;
          source?: string;
          stripe_minor?: number;
          stripe_record_id?: string | null;
          stripe_refund_id?: string | null;
          stripe_told_at?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "invoice_payments_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "invoice_payments_workspace_id_invoice_id_fkey"; columns: ["workspace_id","invoice_id"]; isOneToOne: false; referencedRelation: "invoices"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      invoices: {
        Row: {
          amount_paid_minor: number;
          biller: Json | null;
          billing_key: string | null;
          client_id: string;
          corrects_id: string | null;
          created_at: string;
          created_by: string | null;
          credited_minor: number;
          currency: string;
          discount_minor: number | null;
          discount_percent: number | null;
          discount_total_minor: number;
          due_date: string | null;
          evidence_appendix: boolean;
          finalised_at: string | null;
          id: string;
          is_test: boolean;
          issue_date: string | null;
          kind: string;
          lines_minor: number;
          notes: string | null;
          number: string | null;
          paid_at: string | null;
          payment_terms_days: number;
          pdf_key: string | null;
          prices_include_tax: boolean;
          recipient: Json | null;
          refund_by_stripe: boolean;
          sent_at: string | null;
          status: string;
          stripe_account_id: string | null;
          stripe_credit_note_id: string | null;
          stripe_customer_id: string | null;
          stripe_error: string | null;
          stripe_event_at: string | null;
          stripe_hosted_url: string | null;
          stripe_invoice_id: string | null;
          stripe_payment_state: string | null;
          stripe_settle_at: string | null;
          stripe_status: string | null;
          subtotal_minor: number;
          tax_minor: number;
          tax_rounding: string;
          taxes: Json;
          template: string | null;
          total_minor: number;
          updated_at: string;
          version: number;
          voided_at: string | null;
          workspace_id: string;
        };
        Insert: {
          amount_paid_minor?: number;
          biller?: Json | null;
          billing_key?: string | null;
          client_id: string;
          corrects_id?: string | null;
          created_at?: string;
          created_by?: string | null;
          credited_minor?: number;
          currency: string;
          discount_minor?: number | null;
          discount_percent?: number | null;
          discount_total_minor?: number;
          due_date?: string | null;
          evidence_appendix?: boolean;
          finalised_at?: string | null;
          id?: string;
          is_test?: boolean;
          issue_date?: string | null;
          kind?: string;
          lines_minor?: number;
          notes?: string | null;
          number?: string | null;
          paid_at?: string | null;
          payment_terms_days?: number;
          pdf_key?: string | null;
          prices_include_tax?: boolean;
          recipient?: Json | null;
          refund_by_stripe?: boolean;
          sent_at?: string | null;
          status?: string;
          stripe_account_id?: string | null;
          stripe_credit_note_id?: string | null;
          stripe_customer_id?: string | null;
          stripe_error?: string | null;
          stripe_event_at?: string | null;
          stripe_hosted_url?: string | null;
          stripe_invoice_id?: string | null;
          stripe_payment_state?: string | null;
          stripe_settle_at?: string | null;
          stripe_status?: string | null;
          subtotal_minor?: number;
          tax_minor?: number;
          tax_rounding?: string;
          taxes?: Json;
          template?: string | null;
          total_minor?: number;
          updated_at?: string;
          version?: number;
          voided_at?: string | null;
          workspace_id: string;
        };
        Update: {
          amount_paid_minor?: number;
          biller?: Json | null;
          billing_key?: string | null;
          client_id?: string;
          corrects_id?: string | null;
          created_at?: string;
          created_by?: string | null;
          credited_minor?: number;
          currency?: string;
          discount_minor?: number | null;
          discount_percent?: number | null;
          discount_total_minor?: number;
          due_date?: string | null;
          evidence_appendix?: boolean;
          finalised_at?: string | null;
          id?: string;
          is_test?: boolean;
          issue_date?: string | null;
          kind?: string;
          lines_minor?: number;
          notes?: string | null;
          number?: string | null;
          paid_at?: string | null;
          payment_terms_days?: number;
          pdf_key?: string | null;
          prices_include_tax?: boolean;
          recipient?: Json | null;
          refund_by_stripe?: boolean;
          sent_at?: string | null;
          status?: string;
          stripe_account_id?: string | null;
          stripe_credit_note_id?: string | null;
          stripe_customer_id?: string | null;
          stripe_error?: string | null;
          stripe_event_at?: string | null;
          stripe_hosted_url?: string | null;
          stripe_invoice_id?: string | null;
          stripe_payment_state?: string | null;
          stripe_settle_at?: string | null;
          stripe_status?: string | null;
          subtotal_minor?: number;
          tax_minor?: number;
          tax_rounding?: string;
          taxes?: Json;
          template?: string | null;
          total_minor?: number;
          updated_at?: string;
          version?: number;
          voided_at?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "invoices_workspace_id_client_id_fkey"; columns: ["workspace_id","client_id"]; isOneToOne: false; referencedRelation: "clients"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "invoices_workspace_id_corrects_id_fkey"; columns: ["workspace_id","corrects_id"]; isOneToOne: false; referencedRelation: "invoices"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "invoices_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "invoices_workspace_id_stripe_account_id_fkey"; columns: ["workspace_id","stripe_account_id"]; isOneToOne: false; referencedRelation: "stripe_accounts"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      members: {
        Row: {
          created_at: string;
          display_name: string;
          email: string | null;
          id: string;
          role: string;
          updated_at: string;
          user_id: string;
          workspace_id: string;
        };
        Insert: {
          created_at?: string;
          display_name: string;
          email?: string | null;
          id?: string;
          role: string;
          updated_at?: string;
          user_id: string;
          workspace_id: string;
        };
        Update: {
          created_at?: string;
          display_name?: string;
          email?: string | null;
          id?: string;
          role?: string;
          updated_at?: string;
          user_id?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "members_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      notification_reads: {
        Row: {
          notification_id: string;
          read_at: string;
          user_id: string;
          workspace_id: string;
        };
        Insert: {
          notification_id: string;
          read_at?: string;
          user_id: string;
          workspace_id: string;
        };
        Update: {
          notification_id?: string;
          read_at?: string;
          user_id?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "notification_reads_notification_id_fkey"; columns: ["notification_id"]; isOneToOne: false; referencedRelation: "notifications"; referencedColumns: ["id"] },
          { foreignKeyName: "notification_reads_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      notifications: {
        Row: {
          body: string;
          created_at: string;
          id: string;
          kind: string;
          occurrences: number;
          subject_id: string | null;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          body?: string;
          created_at?: string;
          id?: string;
          kind: string;
          occurrences?: number;
          subject_id?: string | null;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          body?: string;
          created_at?: string;
          id?: string;
          kind?: string;
          occurrences?: number;
          subject_id?: string | null;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "notifications_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      oauth_attempts: {
        Row: {
          base_url: string | null;
          created_at: string;
          expires_at: string;
          id: string;
          provider: string;
          return_to: string;
          session_hash: string;
          tracker_id: string | null;
          user_id: string;
          verifier_ciphertext: string | null;
          workspace_id: string;
        };
        Insert: {
          base_url?: string | null;
          created_at?: string;
          expires_at?: string;
          id: string;
          provider: string;
          return_to: string;
          session_hash: string;
          tracker_id?: string | null;
          user_id: string;
          verifier_ciphertext?: string | null;
          workspace_id: string;
        };
        Update: {
          base_url?: string | null;
          created_at?: string;
          expires_at?: string;
          id?: string;
          provider?: string;
          return_to?: string;
          session_hash?: string;
          tracker_id?: string | null;
          user_id?: string;
          verifier_ciphertext?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "oauth_attempts_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      people: {
        Row: {
          created_at: string;
          display_name: string;
          id: string;
          kind: string;
          member_id: string | null;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          created_at?: string;
          display_name: string;
          id?: string;
          kind?: string;
          member_id?: string | null;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          created_at?: string;
          display_name?: string;
          id?: string;
          kind?: string;
          member_id?: string | null;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "people_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "people_workspace_id_member_id_fkey"; columns: ["workspace_id","member_id"]; isOneToOne: false; referencedRelation: "members"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      person_identities: {
        Row: {
          author_key: string;
          created_at: string;
          person_id: string;
          workspace_id: string;
        };
        Insert: {
          author_key: string;
          created_at?: string;
          person_id: string;
          workspace_id: string;
        };
        Update: {
          author_key?: string;
          created_at?: string;
          person_id?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "person_identities_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "person_identities_workspace_id_person_id_fkey"; columns: ["workspace_id","person_id"]; isOneToOne: false; referencedRelation: "people"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      project_git_configs: {
        Row: {
          agent_hourly_rate_minor: number | null;
          agent_rule: string;
          base_minutes: number;
          billable_labels: string[];
          default_minutes: number;
          done_tickets_only: boolean;
          epic_rule: string;
          estimation_strategy: string;
          exclude_patterns: string[];
          explicit_pattern: string | null;
          factor: number;
          ignore_bots: boolean;
          ignore_dependencies: boolean;
          ignore_merges: boolean;
          ignore_releases: boolean;
          logged_time_rule: string;
          max_minutes: number;
          minutes_per_file: number;
          minutes_per_line: number;
          nonbillable_labels: string[];
          old_commit_days: number;
          pair_rule: string;
          project_id: string;
          revert_rule: string;
          tickets_only: boolean;
          updated_at: string;
          words_strategy: string;
          workspace_id: string;
          write_worklogs: boolean;
        };
        Insert: {
          agent_hourly_rate_minor?: number | null;
          agent_rule?: string;
          base_minutes?: number;
          billable_labels?: string[];
          default_minutes?: number;
          done_tickets_only?: boolean;
          epic_rule?: string;
          estimation_strategy?: string;
          exclude_patterns?: string[];
          explicit_pattern?: string | null;
          factor?: number;
          ignore_bots?: boolean;
          ignore_dependencies?: boolean;
          ignore_merges?: boolean;
          ignore_releases?: boolean;
          logged_time_rule?: string;
          max_minutes?: number;
          minutes_per_file?: number;
          minutes_per_line?: number;
          nonbillable_labels?: string[];
          old_commit_days?: number;
          pair_rule?: string;
          project_id: string;
          revert_rule?: string;
          tickets_only?: boolean;
          updated_at?: string;
          words_strategy?: string;
          workspace_id: string;
          write_worklogs?: boolean;
        };
        Update: {
          agent_hourly_rate_minor?: number | null;
          agent_rule?: string;
          base_minutes?: number;
          billable_labels?: string[];
          default_minutes?: number;
          done_tickets_only?: boolean;
          epic_rule?: string;
          estimation_strategy?: string;
          exclude_patterns?: string[];
          explicit_pattern?: string | null;
          factor?: number;
          ignore_bots?: boolean;
          ignore_dependencies?: boolean;
          ignore_merges?: boolean;
          ignore_releases?: boolean;
          logged_time_rule?: string;
          max_minutes?: number;
          minutes_per_file?: number;
          minutes_per_line?: number;
          nonbillable_labels?: string[];
          old_commit_days?: number;
          pair_rule?: string;
          project_id?: string;
          revert_rule?: string;
          tickets_only?: boolean;
          updated_at?: string;
          words_strategy?: string;
          workspace_id?: string;
          write_worklogs?: boolean;
        };
        Relationships: [
          { foreignKeyName: "project_git_configs_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "project_git_configs_workspace_id_project_id_fkey"; columns: ["workspace_id","project_id"]; isOneToOne: false; referencedRelation: "projects"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      projects: {
        Row: {
          archived_at: string | null;
          billing_type: string;
          budget_is_cap: boolean;
          budget_minor: number | null;
          budget_minutes: number | null;
          client_id: string;
          created_at: string;
          hourly_rate_minor: number | null;
          id: string;
          name: string;
          rounding_direction: string | null;
          rounding_minutes: number | null;
          rounding_scope: string | null;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          archived_at?: string | null;
          billing_type?: string;
          budget_is_cap?: boolean;
          budget_minor?: number | null;
          budget_minutes?: number | null;
          client_id: string;
          created_at?: string;
          hourly_rate_minor?: number | null;
          id?: string;
          name: string;
          rounding_direction?: string | null;
          rounding_minutes?: number | null;
          rounding_scope?: string | null;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          archived_at?: string | null;
          billing_type?: string;
          budget_is_cap?: boolean;
          budget_minor?: number | null;
          budget_minutes?: number | null;
          client_id?: string;
          created_at?: string;
          hourly_rate_minor?: number | null;
          id?: string;
          name?: string;
          rounding_direction?: string | null;
          rounding_minutes?: number | null;
          rounding_scope?: string | null;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "projects_workspace_id_client_id_fkey"; columns: ["workspace_id","client_id"]; isOneToOne: false; referencedRelation: "clients"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "projects_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      rates: {
        Row: {
          client_id: string | null;
          created_at: string;
          created_by: string | null;
          currency: string;
          hourly_rate_minor: number;
          id: string;
          kept_on_joining: boolean;
          person_id: string | null;
          project_id: string | null;
          scope: string;
          updated_at: string;
          valid_from: string;
          workspace_id: string;
        };
        Insert: {
          client_id?: string | null;
          created_at?: string;
          created_by?: string | null;
          currency: string;
          hourly_rate_minor: number;
          id?: string;
          kept_on_joining?: boolean;
          person_id?: string | null;
          project_id?: string | null;
          scope: string;
          updated_at?: string;
          valid_from?: string;
          workspace_id: string;
        };
        Update: {
          client_id?: string | null;
          created_at?: string;
          created_by?: string | null;
          currency?: string;
          hourly_rate_minor?: number;
          id?: string;
          kept_on_joining?: boolean;
          person_id?: string | null;
          project_id?: string | null;
          scope?: string;
          updated_at?: string;
          valid_from?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "rates_workspace_id_client_id_fkey"; columns: ["workspace_id","client_id"]; isOneToOne: false; referencedRelation: "clients"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "rates_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "rates_workspace_id_person_id_fkey"; columns: ["workspace_id","person_id"]; isOneToOne: false; referencedRelation: "people"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "rates_workspace_id_project_id_fkey"; columns: ["workspace_id","project_id"]; isOneToOne: false; referencedRelation: "projects"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      repositories: {
        Row: {
          archived_at: string | null;
          base_url: string | null;
          bound_at: string | null;
          check_source_address: boolean;
          created_at: string;
          default_branch: string | null;
          external_id: string | null;
          first_delivery_at: string | null;
          grant_id: string | null;
          host_error: string | null;
          id: string;
          last_delivery_at: string | null;
          name: string | null;
          old_secret_valid_until: string | null;
          project_id: string;
          provider: string;
          reconciled_at: string | null;
          secret_rotated_at: string | null;
          updated_at: string;
          url: string | null;
          workspace_id: string;
        };
        Insert: {
          archived_at?: string | null;
          base_url?: string | null;
          bound_at?: string | null;
          check_source_address?: boolean;
          created_at?: string;
          default_branch?: string | null;
          external_id?: string | null;
          first_delivery_at?: string | null;
          grant_id?: string | null;
          host_error?: string | null;
          id?: string;
          last_delivery_at?: string | null;
          name?: string | null;
          old_secret_valid_until?: string | null;
          project_id: string;
          provider: string;
          reconciled_at?: string | null;
          secret_rotated_at?: string | null;
          updated_at?: string;
          url?: string | null;
          workspace_id: string;
        };
        Update: {
          archived_at?: string | null;
          base_url?: string | null;
          bound_at?: string | null;
          check_source_address?: boolean;
          created_at?: string;
          default_branch?: string | null;
          external_id?: string | null;
          first_delivery_at?: string | null;
          grant_id?: string | null;
          host_error?: string | null;
          id?: string;
          last_delivery_at?: string | null;
          name?: string | null;
          old_secret_valid_until?: string | null;
          project_id?: string;
          provider?: string;
          reconciled_at?: string | null;
          secret_rotated_at?: string | null;
          updated_at?: string;
          url?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "repositories_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "repositories_workspace_id_grant_id_fkey"; columns: ["workspace_id","grant_id"]; isOneToOne: false; referencedRelation: "host_grants"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "repositories_workspace_id_project_id_fkey"; columns: ["workspace_id","project_id"]; isOneToOne: false; referencedRelation: "projects"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      repository_heads: {
        Row: {
          branch: string;
          gap_from: string | null;
          head: string;
          repository_id: string;
          seen_at: string;
          workspace_id: string;
        };
        Insert: {
          branch: string;
          gap_from?: string | null;
          head: string;
          repository_id: string;
          seen_at?: string;
          workspace_id: string;
        };
        Update: {
          branch?: string;
          gap_from?: string | null;
          head?: string;
          repository_id?: string;
          seen_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "repository_heads_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "repository_heads_workspace_id_repository_id_fkey"; columns: ["workspace_id","repository_id"]; isOneToOne: false; referencedRelation: "repositories"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      repository_secrets: {
        Row: {
          ciphertext: string;
          created_at: string;
          id: string;
          purpose: string;
          repository_id: string;
          valid_until: string | null;
          workspace_id: string;
        };
        Insert: {
          ciphertext: string;
          created_at?: string;
          id?: string;
          purpose: string;
          repository_id: string;
          valid_until?: string | null;
          workspace_id: string;
        };
        Update: {
          ciphertext?: string;
          created_at?: string;
          id?: string;
          purpose?: string;
          repository_id?: string;
          valid_until?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "repository_secrets_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "repository_secrets_workspace_id_repository_id_fkey"; columns: ["workspace_id","repository_id"]; isOneToOne: false; referencedRelation: "repositories"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      stripe_accounts: {
        Row: {
          account_id: string | null;
          checked_at: string | null;
          compared_at: string | null;
          created_at: string;
          created_by: string | null;
          id: string;
          key_digest: string | null;
          key_hint: string | null;
          livemode: boolean;
          missing_permissions: string[];
          name: string | null;
          problem: string | null;
          source: string;
          state: string;
          updated_at: string;
          webhook_endpoint_id: string | null;
          webhook_heard_at: string | null;
          webhook_set_at: string | null;
          workspace_id: string;
        };
        Insert: {
          account_id?: string | null;
          checked_at?: string | null;
          compared_at?: string | null;
          created_at?: string;
          created_by?: string | null;
          id?: string;
          key_digest?: string | null;
          key_hint?: string | null;
          livemode: boolean;
          missing_permissions?: string[];
          name?: string | null;
          problem?: string | null;
          source?: string;
          state?: string;
          updated_at?: string;
          webhook_endpoint_id?: string | null;
          webhook_heard_at?: string | null;
          webhook_set_at?: string | null;
          workspace_id: string;
        };
        Update: {
          account_id?: string | null;
          checked_at?: string | null;
          compared_at?: string | null;
          created_at?: string;
          created_by?: string | null;
          id?: string;
          key_digest?: string | null;
          key_hint?: string | null;
          livemode?: boolean;
          missing_permissions?: string[];
          name?: string | null;
          problem?: string | null;
          source?: string;
          state?: string;
          updated_at?: string;
          webhook_endpoint_id?: string | null;
          webhook_heard_at?: string | null;
          webhook_set_at?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "stripe_accounts_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      stripe_customers: {
        Row: {
          account_id: string;
          client_id: string;
          created_at: string;
          customer_id: string;
          email: string | null;
          linked_by: string | null;
          name: string | null;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          account_id: string;
          client_id: string;
          created_at?: string;
          customer_id: string;
          email?: string | null;
          linked_by?: string | null;
          name?: string | null;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          account_id?: string;
          client_id?: string;
          created_at?: string;
          customer_id?: string;
          email?: string | null;
          linked_by?: string | null;
          name?: string | null;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "stripe_customers_workspace_id_account_id_fkey"; columns: ["workspace_id","account_id"]; isOneToOne: false; referencedRelation: "stripe_accounts"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "stripe_customers_workspace_id_client_id_fkey"; columns: ["workspace_id","client_id"]; isOneToOne: false; referencedRelation: "clients"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "stripe_customers_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      stripe_differences: {
        Row: {
          accepted_at: string | null;
          account_id: string;
          created_at: string;
          id: string;
          invoice_id: string | null;
          kind: string;
          ours: string | null;
          stripe_invoice_id: string;
          theirs: string | null;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          accepted_at?: string | null;
          account_id: string;
          created_at?: string;
          id?: string;
          invoice_id?: string | null;
          kind: string;
          ours?: string | null;
          stripe_invoice_id: string;
          theirs?: string | null;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          accepted_at?: string | null;
          account_id?: string;
          created_at?: string;
          id?: string;
          invoice_id?: string | null;
          kind?: string;
          ours?: string | null;
          stripe_invoice_id?: string;
          theirs?: string | null;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "stripe_differences_workspace_id_account_id_fkey"; columns: ["workspace_id","account_id"]; isOneToOne: false; referencedRelation: "stripe_accounts"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "stripe_differences_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "stripe_differences_workspace_id_invoice_id_fkey"; columns: ["workspace_id","invoice_id"]; isOneToOne: false; referencedRelation: "invoices"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      stripe_events: {
        Row: {
          event_at: string;
          event_id: string;
          event_type: string;
          id: string;
          invoice_id: string | null;
          outcome: string;
          received_at: string;
          stripe_account_id: string | null;
          workspace_id: string | null;
        };
        Insert: {
          event_at: string;
          event_id: string;
          event_type: string;
          id?: string;
          invoice_id?: string | null;
          outcome: string;
          received_at?: string;
          stripe_account_id?: string | null;
          workspace_id?: string | null;
        };
        Update: {
          event_at?: string;
          event_id?: string;
          event_type?: string;
          id?: string;
          invoice_id?: string | null;
          outcome?: string;
          received_at?: string;
          stripe_account_id?: string | null;
          workspace_id?: string | null;
        };
        Relationships: [
          { foreignKeyName: "stripe_events_stripe_account_id_fkey"; columns: ["stripe_account_id"]; isOneToOne: false; referencedRelation: "stripe_accounts"; referencedColumns: ["id"] },
          { foreignKeyName: "stripe_events_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "stripe_events_workspace_id_invoice_id_fkey"; columns: ["workspace_id","invoice_id"]; isOneToOne: false; referencedRelation: "invoices"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      stripe_secrets: {
        Row: {
          account_id: string;
          ciphertext: string;
          created_at: string;
          id: string;
          purpose: string;
          workspace_id: string;
        };
        Insert: {
          account_id: string;
          ciphertext: string;
          created_at?: string;
          id?: string;
          purpose: string;
          workspace_id: string;
        };
        Update: {
          account_id?: string;
          ciphertext?: string;
          created_at?: string;
          id?: string;
          purpose?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "stripe_secrets_workspace_id_account_id_fkey"; columns: ["workspace_id","account_id"]; isOneToOne: false; referencedRelation: "stripe_accounts"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "stripe_secrets_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      tax_rates: {
        Row: {
          archived_at: string | null;
          category: string;
          created_at: string;
          id: string;
          name: string;
          note: string | null;
          percent: number;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          archived_at?: string | null;
          category?: string;
          created_at?: string;
          id?: string;
          name: string;
          note?: string | null;
          percent?: number;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          archived_at?: string | null;
          category?: string;
          created_at?: string;
          id?: string;
          name?: string;
          note?: string | null;
          percent?: number;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "tax_rates_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      tickets: {
        Row: {
          asked_at: string | null;
          assignee: string | null;
          attempts: number;
          changed_at: string;
          connection_id: string;
          created_at: string;
          current_key: string | null;
          epic_key: string | null;
          epic_title: string | null;
          estimate_minutes: number | null;
          external_id: string | null;
          fetched_at: string | null;
          id: string;
          is_done: boolean | null;
          key: string;
          labels: string[];
          logged_minutes: number | null;
          next_fetch_at: string | null;
          parent_key: string | null;
          parent_title: string | null;
          project_key: string | null;
          project_title: string | null;
          reason: string | null;
          state: string;
          status: string | null;
          title: string | null;
          type: string | null;
          updated_at: string;
          url: string | null;
          workspace_id: string;
        };
        Insert: {
          asked_at?: string | null;
          assignee?: string | null;
          attempts?: number;
          changed_at?: string;
          connection_id: string;
          created_at?: string;
          current_key?: string | null;
          epic_key?: string | null;
          epic_title?: string | null;
          estimate_minutes?: number | null;
          external_id?: string | null;
          fetched_at?: string | null;
          id?: string;
          is_done?: boolean | null;
          key: string;
          labels?: string[];
          logged_minutes?: number | null;
          next_fetch_at?: string | null;
          parent_key?: string | null;
          parent_title?: string | null;
          project_key?: string | null;
          project_title?: string | null;
          reason?: string | null;
          state: string;
          status?: string | null;
          title?: string | null;
          type?: string | null;
          updated_at?: string;
          url?: string | null;
          workspace_id: string;
        };
        Update: {
          asked_at?: string | null;
          assignee?: string | null;
          attempts?: number;
          changed_at?: string;
          connection_id?: string;
          created_at?: string;
          current_key?: string | null;
          epic_key?: string | null;
          epic_title?: string | null;
          estimate_minutes?: number | null;
          external_id?: string | null;
          fetched_at?: string | null;
          id?: string;
          is_done?: boolean | null;
          key?: string;
          labels?: string[];
          logged_minutes?: number | null;
          next_fetch_at?: string | null;
          parent_key?: string | null;
          parent_title?: string | null;
          project_key?: string | null;
          project_title?: string | null;
          reason?: string | null;
          state?: string;
          status?: string | null;
          title?: string | null;
          type?: string | null;
          updated_at?: string;
          url?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "tickets_workspace_id_connection_id_fkey"; columns: ["workspace_id","connection_id"]; isOneToOne: false; referencedRelation: "tracker_connections"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "tickets_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      time_entries: {
        Row: {
          billable: boolean;
          billed_seconds: number;
          client_id: string;
          created_at: string;
          currency: string;
          description: string;
          draft_line_item_id: string | null;
          ended_at: string | null;
          entry_date: string;
          estimated_seconds: number | null;
          hourly_rate_minor: number | null;
          id: string;
          invoice_id: string | null;
          member_id: string | null;
          project_id: string;
          source: string;
          started_at: string | null;
          status: string;
          superseded_at: string | null;
          total_minor: number | null;
          updated_at: string;
          version: number;
          worked_seconds: number | null;
          workspace_id: string;
        };
        Insert: {
          billable?: boolean;
          billed_seconds: number;
          client_id: string;
          created_at?: string;
          currency: string;
          description: string;
          draft_line_item_id?: string | null;
          ended_at?: string | null;
          entry_date: string;
          estimated_seconds?: number | null;
          hourly_rate_minor?: number | null;
          id?: string;
          invoice_id?: string | null;
          member_id?: string | null;
          project_id: string;
          source: string;
          started_at?: string | null;
          status?: string;
          superseded_at?: string | null;
          total_minor?: never;
          updated_at?: string;
          version?: number;
          worked_seconds?: number | null;
          workspace_id: string;
        };
        Update: {
          billable?: boolean;
          billed_seconds?: number;
          client_id?: string;
          created_at?: string;
          currency?: string;
          description?: string;
          draft_line_item_id?: string | null;
          ended_at?: string | null;
          entry_date?: string;
          estimated_seconds?: number | null;
          hourly_rate_minor?: number | null;
          id?: string;
          invoice_id?: string | null;
          member_id?: string | null;
          project_id?: string;
          source?: string;
          started_at?: string | null;
          status?: string;
          superseded_at?: string | null;
          total_minor?: never;
          updated_at?: string;
          version?: number;
          worked_seconds?: number | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "time_entries_workspace_id_client_id_fkey"; columns: ["workspace_id","client_id"]; isOneToOne: false; referencedRelation: "clients"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "time_entries_workspace_id_draft_line_item_id_fkey"; columns: ["workspace_id","draft_line_item_id"]; isOneToOne: false; referencedRelation: "draft_line_items"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "time_entries_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "time_entries_workspace_id_invoice_id_fkey"; columns: ["workspace_id","invoice_id"]; isOneToOne: false; referencedRelation: "invoices"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "time_entries_workspace_id_member_id_fkey"; columns: ["workspace_id","member_id"]; isOneToOne: false; referencedRelation: "members"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "time_entries_workspace_id_project_id_fkey"; columns: ["workspace_id","project_id"]; isOneToOne: false; referencedRelation: "projects"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      tracker_connections: {
        Row: {
          account_name: string | null;
          answered_at: string | null;
          base_url: string | null;
          created_at: string;
          created_by: string | null;
          disconnected_at: string | null;
          grant_id: string | null;
          id: string;
          kind: string;
          name: string;
          prefixes: string[];
          problem: string | null;
          problem_at: string | null;
          site: string | null;
          site_name: string | null;
          takes_worklogs: boolean;
          told_at: string | null;
          updated_at: string;
          web_url: string | null;
          workspace_id: string;
        };
        Insert: {
          account_name?: string | null;
          answered_at?: string | null;
          base_url?: string | null;
          created_at?: string;
          created_by?: string | null;
          disconnected_at?: string | null;
          grant_id?: string | null;
          id?: string;
          kind: string;
          name: string;
          prefixes?: string[];
          problem?: string | null;
          problem_at?: string | null;
          site?: string | null;
          site_name?: string | null;
          takes_worklogs?: boolean;
          told_at?: string | null;
          updated_at?: string;
          web_url?: string | null;
          workspace_id: string;
        };
        Update: {
          account_name?: string | null;
          answered_at?: string | null;
          base_url?: string | null;
          created_at?: string;
          created_by?: string | null;
          disconnected_at?: string | null;
          grant_id?: string | null;
          id?: string;
          kind?: string;
          name?: string;
          prefixes?: string[];
          problem?: string | null;
          problem_at?: string | null;
          site?: string | null;
          site_name?: string | null;
          takes_worklogs?: boolean;
          told_at?: string | null;
          updated_at?: string;
          web_url?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "tracker_connections_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "tracker_connections_workspace_id_grant_id_fkey"; columns: ["workspace_id","grant_id"]; isOneToOne: false; referencedRelation: "host_grants"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      undone_acts: {
        Row: {
          act_id: string;
          undone_at: string;
          undone_by: string | null;
          workspace_id: string;
        };
        Insert: {
          act_id: string;
          undone_at?: string;
          undone_by?: string | null;
          workspace_id: string;
        };
        Update: {
          act_id?: string;
          undone_at?: string;
          undone_by?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "undone_acts_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      webhook_deliveries: {
        Row: {
          attempts: number;
          body_bytes: number | null;
          commits_recorded: number;
          completed_at: string | null;
          delivery_id: string;
          drafts_created: number;
          error: string | null;
          event: string;
          finished_at: string | null;
          id: string;
          incomplete_reason: string | null;
          origin: string;
          payload: Json | null;
          progress: Json | null;
          reason: string | null;
          received_at: string;
          repository_id: string;
          source_address: string | null;
          started_at: string | null;
          status: string;
          timings: Json;
          updated_at: string;
          verdict: string;
          wait_reason: string | null;
          waits_until: string | null;
          workspace_id: string;
        };
        Insert: {
          attempts?: number;
          body_bytes?: number | null;
          commits_recorded?: number;
          completed_at?: string | null;
          delivery_id: string;
          drafts_created?: number;
          error?: string | null;
          event?: string;
          finished_at?: string | null;
          id?: string;
          incomplete_reason?: string | null;
          origin?: string;
          payload?: Json | null;
          progress?: Json | null;
          reason?: string | null;
          received_at?: string;
          repository_id: string;
          source_address?: string | null;
          started_at?: string | null;
          status: string;
          timings?: Json;
          updated_at?: string;
          verdict: string;
          wait_reason?: string | null;
          waits_until?: string | null;
          workspace_id: string;
        };
        Update: {
          attempts?: number;
          body_bytes?: number | null;
          commits_recorded?: number;
          completed_at?: string | null;
          delivery_id?: string;
          drafts_created?: number;
          error?: string | null;
          event?: string;
          finished_at?: string | null;
          id?: string;
          incomplete_reason?: string | null;
          origin?: string;
          payload?: Json | null;
          progress?: Json | null;
          reason?: string | null;
          received_at?: string;
          repository_id?: string;
          source_address?: string | null;
          started_at?: string | null;
          status?: string;
          timings?: Json;
          updated_at?: string;
          verdict?: string;
          wait_reason?: string | null;
          waits_until?: string | null;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "webhook_deliveries_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "webhook_deliveries_workspace_id_repository_id_fkey"; columns: ["workspace_id","repository_id"]; isOneToOne: false; referencedRelation: "repositories"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      word_cache: {
        Row: {
          created_at: string;
          key: string;
          words: string;
          workspace_id: string;
        };
        Insert: {
          created_at?: string;
          key: string;
          words: string;
          workspace_id: string;
        };
        Update: {
          created_at?: string;
          key?: string;
          words?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "word_cache_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      word_examples: {
        Row: {
          approved_at: string | null;
          client_id: string;
          draft_line_item_id: string;
          final: string | null;
          proposed: string;
          workspace_id: string;
        };
        Insert: {
          approved_at?: string | null;
          client_id: string;
          draft_line_item_id: string;
          final?: string | null;
          proposed: string;
          workspace_id: string;
        };
        Update: {
          approved_at?: string | null;
          client_id?: string;
          draft_line_item_id?: string;
          final?: string | null;
          proposed?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "word_examples_workspace_id_draft_line_item_id_fkey"; columns: ["workspace_id","draft_line_item_id"]; isOneToOne: false; referencedRelation: "draft_line_items"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "word_examples_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      word_keys: {
        Row: {
          ciphertext: string;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          ciphertext: string;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          ciphertext?: string;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "word_keys_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: true; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      word_requests: {
        Row: {
          cost_micros: number | null;
          created_at: string;
          error: string | null;
          finished_at: string | null;
          id: string;
          input_tokens: number | null;
          kind: string;
          lines: number;
          model: string;
          output_tokens: number | null;
          prompt_version: number;
          reserved_micros: number;
          sent: Json | null;
          status: string;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          cost_micros?: number | null;
          created_at?: string;
          error?: string | null;
          finished_at?: string | null;
          id?: string;
          input_tokens?: number | null;
          kind?: string;
          lines: number;
          model: string;
          output_tokens?: number | null;
          prompt_version: number;
          reserved_micros: number;
          sent?: Json | null;
          status?: string;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          cost_micros?: number | null;
          created_at?: string;
          error?: string | null;
          finished_at?: string | null;
          id?: string;
          input_tokens?: number | null;
          kind?: string;
          lines?: number;
          model?: string;
          output_tokens?: number | null;
          prompt_version?: number;
          reserved_micros?: number;
          sent?: Json | null;
          status?: string;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "word_requests_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      word_settings: {
        Row: {
          base_url: string | null;
          code_names: string[];
          key_hint: string | null;
          key_set_at: string | null;
          model: string;
          monthly_budget_micros: number;
          problem: string | null;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          base_url?: string | null;
          code_names?: string[];
          key_hint?: string | null;
          key_set_at?: string | null;
          model?: string;
          monthly_budget_micros?: number;
          problem?: string | null;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          base_url?: string | null;
          code_names?: string[];
          key_hint?: string | null;
          key_set_at?: string | null;
          model?: string;
          monthly_budget_micros?: number;
          problem?: string | null;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "word_settings_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: true; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      work_claims: {
        Row: {
          commit_id: string;
          key: string;
          workspace_id: string;
        };
        Insert: {
          commit_id: string;
          key: string;
          workspace_id: string;
        };
        Update: {
          commit_id?: string;
          key?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "work_claims_workspace_id_commit_id_fkey"; columns: ["workspace_id","commit_id"]; isOneToOne: false; referencedRelation: "commits"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "work_claims_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      work_days: {
        Row: {
          bounded_hours: number;
          day: string;
          last_authored_at: string | null;
          last_hour: number | null;
          person_id: string;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          bounded_hours: number;
          day: string;
          last_authored_at?: string | null;
          last_hour?: number | null;
          person_id: string;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          bounded_hours?: number;
          day?: string;
          last_authored_at?: string | null;
          last_hour?: number | null;
          person_id?: string;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "work_days_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "work_days_workspace_id_person_id_fkey"; columns: ["workspace_id","person_id"]; isOneToOne: false; referencedRelation: "people"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      worklogs: {
        Row: {
          attempts: number;
          claimed_until: string | null;
          comment: string;
          created_at: string;
          draft_line_item_id: string;
          external_id: string | null;
          id: string;
          is_withdrawn: boolean;
          next_attempt_at: string;
          reason: string | null;
          seconds: number;
          started_at: string;
          status: string;
          ticket_id: string;
          time_entry_id: string;
          updated_at: string;
          workspace_id: string;
        };
        Insert: {
          attempts?: number;
          claimed_until?: string | null;
          comment: string;
          created_at?: string;
          draft_line_item_id: string;
          external_id?: string | null;
          id?: string;
          is_withdrawn?: boolean;
          next_attempt_at?: string;
          reason?: string | null;
          seconds: number;
          started_at: string;
          status?: string;
          ticket_id: string;
          time_entry_id: string;
          updated_at?: string;
          workspace_id: string;
        };
        Update: {
          attempts?: number;
          claimed_until?: string | null;
          comment?: string;
          created_at?: string;
          draft_line_item_id?: string;
          external_id?: string | null;
          id?: string;
          is_withdrawn?: boolean;
          next_attempt_at?: string;
          reason?: string | null;
          seconds?: number;
          started_at?: string;
          status?: string;
          ticket_id?: string;
          time_entry_id?: string;
          updated_at?: string;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "worklogs_workspace_id_draft_line_item_id_fkey"; columns: ["workspace_id","draft_line_item_id"]; isOneToOne: false; referencedRelation: "draft_line_items"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "worklogs_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
          { foreignKeyName: "worklogs_workspace_id_ticket_id_fkey"; columns: ["workspace_id","ticket_id"]; isOneToOne: false; referencedRelation: "tickets"; referencedColumns: ["workspace_id","id"] },
        ];
      };
      workspace_logos: {
        Row: {
          created_at: string;
          height: number;
          id: string;
          image: string;
          media_type: string;
          width: number;
          workspace_id: string;
        };
        Insert: {
          created_at?: string;
          height: number;
          id?: string;
          image: string;
          media_type: string;
          width: number;
          workspace_id: string;
        };
        Update: {
          created_at?: string;
          height?: number;
          id?: string;
          image?: string;
          media_type?: string;
          width?: number;
          workspace_id?: string;
        };
        Relationships: [
          { foreignKeyName: "workspace_logos_workspace_id_fkey"; columns: ["workspace_id"]; isOneToOne: false; referencedRelation: "workspaces"; referencedColumns: ["id"] },
        ];
      };
      workspaces: {
        Row: {
          accent_color: string;
          account_holder: string | null;
          address: string | null;
          bank_details: string | null;
          bank_name: string | null;
          bic: string | null;
          country: string | null;
          created_at: string;
          credit_note_number_pattern: string;
          currency: string;
          email: string | null;
          hourly_rate_minor: number | null;
          iban: string | null;
          id: string;
          invoice_number_pattern: string;
          legal_name: string | null;
          locale: string;
          logo_id: string | null;
          name: string;
          payment_code: string;
          payment_methods: string[] | null;
          payment_terms_days: number;
          prices_include_tax: boolean;
          tax_id: string | null;
          tax_rate_id: string | null;
          tax_rounding: string;
          test_mode: boolean;
          time_display: string;
          timezone: string;
          updated_at: string;
          working_from: number;
          working_until: number;
          working_weekends: boolean;
        };
        Insert: {
          accent_color?: string;
          account_holder?: string | null;
          address?: string | null;
          bank_details?: string | null;
          bank_name?: string | null;
          bic?: string | null;
          country?: string | null;
          created_at?: string;
          credit_note_number_pattern?: string;
          currency?: string;
          email?: string | null;
          hourly_rate_minor?: number | null;
          iban?: string | null;
          id?: string;
          invoice_number_pattern?: string;
          legal_name?: string | null;
          locale?: string;
          logo_id?: string | null;
          name: string;
          payment_code?: string;
          payment_methods?: string[] | null;
          payment_terms_days?: number;
          prices_include_tax?: boolean;
          tax_id?: string | null;
          tax_rate_id?: string | null;
          tax_rounding?: string;
          test_mode?: boolean;
          time_display?: string;
          timezone?: string;
          updated_at?: string;
          working_from?: number;
          working_until?: number;
          working_weekends?: boolean;
        };
        Update: {
          accent_color?: string;
          account_holder?: string | null;
          address?: string | null;
          bank_details?: string | null;
          bank_name?: string | null;
          bic?: string | null;
          country?: string | null;
          created_at?: string;
          credit_note_number_pattern?: string;
          currency?: string;
          email?: string | null;
          hourly_rate_minor?: number | null;
          iban?: string | null;
          id?: string;
          invoice_number_pattern?: string;
          legal_name?: string | null;
          locale?: string;
          logo_id?: string | null;
          name?: string;
          payment_code?: string;
          payment_methods?: string[] | null;
          payment_terms_days?: number;
          prices_include_tax?: boolean;
          tax_id?: string | null;
          tax_rate_id?: string | null;
          tax_rounding?: string;
          test_mode?: boolean;
          time_display?: string;
          timezone?: string;
          updated_at?: string;
          working_from?: number;
          working_until?: number;
          working_weekends?: boolean;
        };
        Relationships: [
          { foreignKeyName: "workspaces_id_logo_id_fkey"; columns: ["id","logo_id"]; isOneToOne: false; referencedRelation: "workspace_logos"; referencedColumns: ["workspace_id","id"] },
          { foreignKeyName: "workspaces_id_tax_rate_id_fkey"; columns: ["id","tax_rate_id"]; isOneToOne: false; referencedRelation: "tax_rates"; referencedColumns: ["workspace_id","id"] },
        ];
      };
    };
    Views: {
      inbox_drafts: {
        Row: {
          approved_at: string | null;
          author_name: string | null;
          awaits_ticket: boolean | null;
          billable: boolean | null;
          category: string | null;
          client_id: string | null;
          client_name: string | null;
          commits: Json | null;
          created_at: string | null;
          currency: string | null;
          deferred_for_ticket: boolean | null;
          deferred_until: string | null;
          description: string | null;
          detailed_description: string | null;
          end_date: string | null;
          epic: string | null;
          estimate_high: number | null;
          estimate_low: number | null;
          estimate_method: string | null;
          estimate_reason: string | null;
          estimated_minutes: number | null;
          flags: Json | null;
          hourly_rate_minor: number | null;
          hours: number | null;
          id: string | null;
          invoice_id: string | null;
          made_by: string | null;
          minutes: number | null;
          project_id: string | null;
          project_name: string | null;
          provider: string | null;
          rejected_at: string | null;
          rejected_reason: string | null;
          replaced_by: string | null;
          repository_id: string | null;
          repository_name: string | null;
          source_type: string | null;
          start_date: string | null;
          status: string | null;
          ticket_current_key: string | null;
          ticket_id: string | null;
          ticket_is_done: boolean | null;
          ticket_key: string | null;
          ticket_reason: string | null;
          ticket_state: string | null;
          ticket_status: string | null;
          ticket_title: string | null;
          ticket_url: string | null;
          total_minor: number | null;
          updated_at: string | null;
          version: number | null;
          workspace_id: string | null;
        };
        Relationships: [];
      };
      invoice_list: {
        Row: {
          amount_paid_minor: number | null;
          biller: Json | null;
          billing_key: string | null;
          client_id: string | null;
          client_locale: string | null;
          client_name: string | null;
          corrects_id: string | null;
          created_at: string | null;
          created_by: string | null;
          credited_minor: number | null;
          currency: string | null;
          discount_minor: number | null;
          discount_percent: number | null;
          discount_total_minor: number | null;
          due_date: string | null;
          evidence_appendix: boolean | null;
          finalised_at: string | null;
          id: string | null;
          is_test: boolean | null;
          issue_date: string | null;
          kind: string | null;
          line_count: number | null;
          lines_minor: number | null;
          notes: string | null;
          number: string | null;
          overdue: boolean | null;
          paid_at: string | null;
          payment_terms_days: number | null;
          pdf_key: string | null;
          prices_include_tax: boolean | null;
          recipient: Json | null;
          refund_by_stripe: boolean | null;
          sent_at: string | null;
          status: string | null;
          stripe_account_id: string | null;
          stripe_credit_note_id: string | null;
          stripe_customer_id: string | null;
          stripe_error: string | null;
          stripe_event_at: string | null;
          stripe_hosted_url: string | null;
          stripe_invoice_id: string | null;
          stripe_payment_state: string | null;
          stripe_settle_at: string | null;
          stripe_status: string | null;
          subtotal_minor: number | null;
          tax_minor: number | null;
          tax_rounding: string | null;
          taxes: Json | null;
          template: string | null;
          total_minor: number | null;
          updated_at: string | null;
          version: number | null;
          voided_at: string | null;
          workspace_id: string | null;
        };
        Relationships: [];
      };
      people_list: {
        Row: {
          commits: number | null;
          display_name: string | null;
          id: string | null;
          identities: Json | null;
          kind: string | null;
          last_day: string | null;
          member_id: string | null;
          updated_at: string | null;
          workspace_id: string | null;
        };
        Relationships: [];
      };
      unbilled_work: {
        Row: {
          client_id: string | null;
          currency: string | null;
          lines: number | null;
          minutes: number | null;
          project_id: string | null;
          status: string | null;
          total_minor: number | null;
          workspace_id: string | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      accept_deliveries: { Args: { p_deliveries: Json }; Returns: Json };
      accept_delivery: { Args: { p_repository_id: string; p_delivery_id: string; p_event: string; p_verdict: string; p_reason?: string | null; p_repository?: Json | null; p_payload?: Json | null; p_body_bytes?: number | null; p_source_address?: string | null }; Returns: Json };
      accept_flags: { Args: { p_ids: string[]; p_code: string; p_versions?: Json }; Returns: Json };
      accept_invitation: { Args: { p_token: string }; Returns: string };
      accept_stripe_difference: { Args: { p_id: string }; Returns: undefined };
      add_invoice_line: { Args: { p_invoice_id: string; p_line: Json }; Returns: string };
      add_to_invoice: { Args: { p_invoice_id: string; p_draft_ids: string[] }; Returns: string };
      apply_stripe_event: { Args: { p_event_id: string; p_event_type: string; p_event_at: string; p_stripe_invoice_id: string; p_status: string; p_invoice_id?: string | null; p_amount_paid_minor?: number | null; p_paid_at?: string | null; p_account_id?: string | null }; Returns: string };
      apply_stripe_refund: { Args: { p_event_id: string; p_event_type: string; p_event_at: string; p_stripe_invoice_id: string; p_refund_id: string; p_amount_minor: number; p_succeeded: boolean; p_account_id?: string | null }; Returns: string };
      approve_drafts: { Args: { p_ids: string[]; p_versions?: Json }; Returns: Json };
      approve_to_invoice: { Args: { p_ids: string[]; p_invoice_id?: string | null; p_versions?: Json }; Returns: Json };
      begin_deliveries: { Args: { p_ids: string[] }; Returns: Json };
      begin_import_page: { Args: { p_id: string; p_lease_seconds?: number }; Returns: Json };
      begin_oauth: { Args: { p_id: string; p_workspace_id: string; p_provider: string; p_session_hash: string; p_return_to: string; p_base_url?: string | null; p_verifier_ciphertext?: string | null }; Returns: undefined };
      begin_words: { Args: { p_workspace_id: string; p_limit?: number }; Returns: Json };
      bill_client: { Args: { p_client_id: string; p_options?: Json }; Returns: Json };
      cached_words: { Args: { p_workspace_id: string; p_keys: string[] }; Returns: Json };
      change_invoice_link: { Args: { p_link_id: string; p_changes: Json }; Returns: undefined };
      change_member_role: { Args: { p_member_id: string; p_role: string }; Returns: undefined };
      change_person: { Args: { p_person_id: string; p_changes: Json }; Returns: undefined };
      change_tracker: { Args: { p_id: string; p_changes: Json }; Returns: undefined };
      check_grant_manager: { Args: { p_grant_id: string }; Returns: Json };
      check_invoice_manager: { Args: { p_invoice_id: string; p_statuses: string[] }; Returns: undefined };
      check_stripe_manager: { Args: { p_id: string }; Returns: string };
      check_tracker_manager: { Args: { p_id: string }; Returns: Json };
      check_word_manager: { Args: { p_project_id: string }; Returns: string };
      check_workspace_manager: { Args: { p_workspace_id: string }; Returns: string };
      choose_inbox_view: { Args: { p_workspace_id: string; p_view_id: string }; Returns: undefined };
      claim_stripe_settling: { Args: { p_limit?: number }; Returns: string[] };
      compare_stripe_invoices: { Args: { p_account_id: string; p_facts: Json; p_missing: string[]; p_listed_at: string; p_quiet?: string }; Returns: Json };
      complete_commits: { Args: { p_commits: Json }; Returns: number };
      connect_granted_repository: { Args: { p_id: string; p_project_id: string; p_grant_id: string; p_secret_ciphertext: string; p_name: string; p_url?: string | null; p_default_branch?: string | null }; Returns: string };
      connect_repository: { Args: { p_id: string; p_project_id: string; p_provider: string; p_secret_ciphertext: string; p_name?: string | null; p_url?: string | null; p_base_url?: string | null; p_grant_id?: string | null; p_token_ciphertext?: string | null }; Returns: string };
      connect_stripe_account: { Args: { p_workspace_id: string; p_user_id: string; p_account: Json; p_secrets: Json }; Returns: string };
      connect_tracker: { Args: { p_workspace_id: string; p_user_id: string; p_connection: Json; p_grant: Json }; Returns: string };
      create_client_with_project: { Args: { p_workspace_id: string; p_client: Json; p_project: Json }; Returns: Json };
      create_invoice: { Args: { p_client_id: string; p_draft_ids: string[] }; Returns: string };
      create_invoice_link: { Args: { p_invoice_id: string; p_id: string; p_token_hash: string; p_ciphertext: string; p_options?: Json }; Returns: string };
      create_workspace: { Args: { p_name: string; p_currency?: string; p_timezone?: string; p_display_name?: string | null }; Returns: string };
      credit_and_refund: { Args: { p_invoice_id: string; p_credit: Json }; Returns: string };
      credit_invoice: { Args: { p_invoice_id: string; p_credit: Json }; Returns: string };
      currency_exponent: { Args: { p_currency: string }; Returns: number };
      day_budget: { Args: { p_draft_id: string }; Returns: Json };
      defer_drafts: { Args: { p_ids: string[]; p_until?: string | null; p_versions?: Json; p_for_ticket?: boolean }; Returns: Json };
      delete_inbox_view: { Args: { p_id: string }; Returns: undefined };
      delete_invoice: { Args: { p_invoice_id: string }; Returns: undefined };
      disconnect_grant: { Args: { p_grant_id: string }; Returns: undefined };
      disconnect_stripe_account: { Args: { p_id: string }; Returns: undefined };
      disconnect_tracker: { Args: { p_id: string }; Returns: undefined };
      draft_paths: { Args: { p_ids: string[] }; Returns: Json };
      due_stripe_comparisons: { Args: { p_limit?: number }; Returns: Json };
      due_tickets: { Args: { p_connections?: number; p_tickets?: number }; Returns: Json };
      duplicate_invoice: { Args: { p_invoice_id: string }; Returns: string };
      estimate_again: { Args: { p_estimates: Json; p_moved?: Json; p_delivery_ids?: string[]; p_waits_until?: string | null }; Returns: number };
      estimate_report: { Args: { p_workspace_id: string; p_from?: string | null; p_until?: string | null; p_project_id?: string | null; p_person_id?: string | null }; Returns: Json };
      fail_deliveries: { Args: { p_ids: string[]; p_error: string }; Returns: undefined };
      finalise_invoice: { Args: { p_invoice_id: string }; Returns: string };
      find_stripe_account: { Args: { p_workspace_id: string; p_account_id: string; p_livemode: boolean }; Returns: Json };
      finish_words: { Args: { p_workspace_id: string; p_lines: Json }; Returns: number };
      forget_words: { Args: never; Returns: undefined };
      grant_host: { Args: { p_grant_id: string }; Returns: Json };
      ignore_drafts: { Args: { p_ids: string[]; p_reason?: string | null; p_versions?: Json }; Returns: Json };
      incomplete_deliveries: { Args: { p_limit?: number; p_commits?: number }; Returns: Json };
      invite_member: { Args: { p_workspace_id: string; p_email: string; p_role: string }; Returns: string };
      invoice_document: { Args: { p_invoice_id: string }; Returns: Json };
      invoice_link_secret: { Args: { p_invoice_id: string }; Returns: Json };
      join_people: { Args: { p_from: string; p_into: string }; Returns: undefined };
      keep_operator_account: { Args: { p_workspace_id: string; p_account_id: string; p_livemode: boolean; p_key_digest: string; p_name?: string | null }; Returns: string };
      known_tickets: { Args: { p_wanted: Json }; Returns: Json };
      last_act: { Args: { p_workspace_id: string }; Returns: Json };
      line_total_minor: { Args: { p_seconds: number; p_hourly_rate_minor: number }; Returns: number };
      link_stripe_customer: { Args: { p_client_id: string; p_account_id: string; p_user_id: string; p_customer: Json }; Returns: undefined };
      link_tickets: { Args: { p_links: Json }; Returns: number };
      lock_host_grant: { Args: { p_grant_id: string; p_seconds?: number }; Returns: boolean };
      mark_notifications_read: { Args: { p_workspace_id: string; p_ids?: string[] | null; p_is_read?: boolean }; Returns: undefined };
      mark_tickets: { Args: { p_connection_id: string; p_keys: string[]; p_external_ids: string[] }; Returns: number };
      merge_drafts: { Args: { p_id: string; p_ids: string[]; p_fields?: Json; p_versions?: Json }; Returns: Json };
      name_oauth_tracker: { Args: { p_attempt_id: string; p_tracker_id: string }; Returns: undefined };
      note_delivery_errors: { Args: { p_ids: string[]; p_error: string }; Returns: undefined };
      note_host_requests: { Args: { p_grant_id: string; p_unused: number; p_limit?: number | null; p_remaining?: number | null; p_reset_at?: string | null; p_waits_until?: string | null }; Returns: undefined };
      note_repository_access: { Args: { p_repository_id: string; p_error?: string | null }; Returns: undefined };
      note_tracker: { Args: { p_connection_id: string; p_problem?: string | null; p_is_refused?: boolean }; Returns: undefined };
      open_invoice_link: { Args: { p_token_hash: string; p_whole?: boolean; p_counts?: boolean }; Returns: Json };
      operator_stripe_account: { Args: { p_workspace_id: string; p_key_digest: string }; Returns: Json };
      order_invoice_lines: { Args: { p_invoice_id: string; p_line_ids: string[] }; Returns: string };
      pause_import: { Args: { p_id: string; p_error: string; p_waits_until?: string | null; p_is_failure?: boolean }; Returns: string };
      person_days: { Args: { p_requests: Json }; Returns: Json };
      pin_import: { Args: { p_id: string; p_head: string; p_branch?: string | null }; Returns: undefined };
      preview_bill: { Args: { p_client_id: string; p_options?: Json }; Returns: Json };
      preview_words: { Args: { p_project_id: string; p_limit?: number }; Returns: Json };
      project_rates: { Args: { p_project_id: string; p_day: string }; Returns: Json };
      read_matters: { Args: { p_workspace_id: string; p_limit?: number }; Returns: { id: string; kind: string; subject_id: string; name: string; body: string; count: number; fresh: number; updated_at: string; is_unread: boolean }[] };
      record_deliveries: { Args: { p_results: Json; p_days?: Json; p_moved?: Json }; Returns: Json };
      record_import_page: { Args: { p_id: string; p_page: number; p_found: number; p_results: Json; p_cursor?: string | null; p_days?: Json; p_moved?: Json; p_ignored?: Json }; Returns: Json };
      record_payment: { Args: { p_invoice_id: string; p_payment: Json }; Returns: string };
      recorded_hashes: { Args: { p_repositories: Json }; Returns: Json };
      release_grant_refresh: { Args: { p_grant_id: string }; Returns: undefined };
      remove_from_invoice: { Args: { p_line_ids: string[] }; Returns: string };
      remove_member: { Args: { p_member_id: string }; Returns: undefined };
      remove_payment: { Args: { p_payment_id: string }; Returns: undefined };
      remove_rate: { Args: { p_rate_id: string }; Returns: undefined };
      replace_ciphertexts: { Args: { p_changes: Json }; Returns: number };
      replay_deliveries: { Args: { p_ids: string[] }; Returns: string[] };
      replay_failed_deliveries: { Args: { p_workspace_id: string; p_repository_id?: string | null }; Returns: string[] };
      report_stripe_account: { Args: { p_id: string; p_state: string; p_missing?: string[]; p_problem?: string | null }; Returns: undefined };
      repositories_to_reconcile: { Args: { p_repository_id?: string | null; p_limit?: number }; Returns: Json };
      reprice_work: { Args: { p_workspace_id: string; p_since: string; p_scope?: Json; p_apply?: boolean }; Returns: Json };
      reserve_words: { Args: { p_workspace_id: string; p_request: Json }; Returns: boolean };
      restore_drafts: { Args: { p_ids: string[]; p_versions?: Json }; Returns: Json };
      restore_invoice: { Args: { p_invoice_id: string }; Returns: Json };
      restore_invoice_lines: { Args: { p_line_ids: string[] }; Returns: Json };
      resume_import: { Args: { p_id: string }; Returns: string };
      retry_worklogs: { Args: { p_draft_ids: string[] }; Returns: number };
      revoke_host_grant: { Args: { p_grant_id: string; p_reason: string }; Returns: undefined };
      revoke_invoice_link: { Args: { p_link_id: string }; Returns: undefined };
      roll_up_drafts: { Args: { p_id: string; p_ids: string[]; p_fields?: Json; p_versions?: Json }; Returns: Json };
      roll_up_lines: { Args: { p_ids: string[] }; Returns: Json };
      rotate_webhook_secret: { Args: { p_repository_id: string; p_secret_ciphertext: string; p_overlap_hours?: number }; Returns: string };
      save_address_ranges: { Args: { p_provider: string; p_ranges: string[] }; Returns: undefined };
      save_delivery_progress: { Args: { p_deliveries: Json }; Returns: undefined };
      save_grant_tokens: { Args: { p_grant_id: string; p_access: string; p_refresh?: string | null; p_expires_at?: string | null }; Returns: undefined };
      save_inbox_view: { Args: { p_id: string; p_workspace_id: string; p_name: string; p_search: Json; p_shared?: boolean }; Returns: string };
      save_invoice_pdf: { Args: { p_invoice_id: string; p_pdf_key: string }; Returns: undefined };
      save_payment_state: { Args: { p_stripe_invoice_id: string; p_state: string; p_account_id?: string | null }; Returns: undefined };
      save_stripe_credit: { Args: { p_credit_note_id: string; p_stripe_credit_note_id: string }; Returns: undefined };
      save_stripe_payment: { Args: { p_payment_id: string; p_progress: Json }; Returns: undefined };
      save_stripe_progress: { Args: { p_invoice_id: string; p_progress: Json }; Returns: undefined };
      save_tickets: { Args: { p_tickets: Json; p_drafts?: Json }; Returns: number };
      save_worklogs: { Args: { p_results: Json }; Returns: undefined };
      separate_person: { Args: { p_workspace_id: string; p_author_key: string }; Returns: string };
      separate_work: { Args: { p_commit_id: string }; Returns: Json };
      set_rate: { Args: { p_workspace_id: string; p_rate: Json }; Returns: string };
      set_repository_token: { Args: { p_repository_id: string; p_grant_id: string; p_token_ciphertext: string }; Returns: string };
      set_stripe_webhook: { Args: { p_id: string; p_ciphertext: string; p_endpoint_id?: string | null }; Returns: undefined };
      set_tracker_site: { Args: { p_connection_id: string; p_site: string; p_site_name?: string | null; p_web_url?: string | null; p_prefixes?: string[] }; Returns: undefined };
      set_word_key: { Args: { p_workspace_id: string; p_ciphertext?: string | null; p_hint?: string | null; p_base_url?: string | null }; Returns: undefined };
      set_workspace_logo: { Args: { p_workspace_id: string; p_logo: Json }; Returns: string };
      settle_words: { Args: { p_workspace_id: string; p_request: Json; p_answers?: Json; p_problem?: string | null }; Returns: undefined };
      split_draft: { Args: { p_id: string; p_draft_id: string; p_parts: Json; p_versions?: Json }; Returns: Json };
      split_to_invoices: { Args: { p_id: string; p_draft_id: string; p_parts: Json; p_versions?: Json }; Returns: Json };
      stale_ciphertexts: { Args: { p_version: string; p_limit?: number }; Returns: { kind: string; id: string; owner_id: string; purpose: string; ciphertext: string }[] };
      start_import: { Args: { p_repository_id: string; p_mode: string; p_since?: string | null; p_last?: number | null }; Returns: string };
      stop_import: { Args: { p_id: string }; Returns: string };
      store_oauth_grant: { Args: { p_grant_id: string; p_workspace_id: string; p_user_id: string; p_provider: string; p_base_url: string; p_account_name: string; p_scopes: string[]; p_access: string; p_refresh?: string | null; p_expires_at?: string | null; p_kind?: string }; Returns: undefined };
      store_reconciliation: { Args: { p_repository_id: string; p_heads: Json; p_gone: string[]; p_pushes: Json }; Returns: string[] };
      stripe_account_by_id: { Args: { p_id: string }; Returns: Json };
      stripe_account_for_invoice: { Args: { p_invoice_id: string }; Returns: Json };
      stripe_account_in_use: { Args: { p_workspace_id: string }; Returns: Json };
      stripe_document: { Args: { p_invoice_id: string }; Returns: Json };
      take_grant_refresh: { Args: { p_grant_id: string; p_access: string; p_seconds?: number }; Returns: Json };
      take_host_requests: { Args: { p_grant_id: string; p_wanted: number; p_keep?: number }; Returns: Json };
      take_oauth_attempt: { Args: { p_id: string; p_provider: string; p_session_hash: string }; Returns: Json };
      take_worklogs: { Args: { p_limit?: number; p_seconds?: number }; Returns: Json };
      ticket_drafts: { Args: { p_connection_id: string; p_keys: string[] }; Returns: Json };
      tracker_by_id: { Args: { p_connection_id: string }; Returns: Json };
      tracker_webhook_target: { Args: { p_connection_id: string }; Returns: Json };
      unapprove_drafts: { Args: { p_ids: string[]; p_versions?: Json }; Returns: Json };
      undo_act: { Args: { p_act_id: string }; Returns: Json };
      undo_replacement: { Args: { p_id: string; p_versions?: Json }; Returns: Json };
      unlink_stripe_customer: { Args: { p_client_id: string; p_account_id: string }; Returns: undefined };
      unlinked_drafts: { Args: { p_connection_id: string; p_limit?: number }; Returns: Json };
      unlisted_stripe_invoices: { Args: { p_account_id: string; p_listed: string[] }; Returns: string[] };
      update_drafts: { Args: { p_ids: string[]; p_changes: Json; p_versions?: Json }; Returns: Json };
      update_invoice: { Args: { p_invoice_id: string; p_changes: Json }; Returns: string };
      update_invoice_line: { Args: { p_line_id: string; p_changes: Json }; Returns: string };
      use_grant: { Args: { p_repository_id: string; p_grant_id: string }; Returns: undefined };
      void_invoice: { Args: { p_invoice_id: string }; Returns: undefined };
      waiting_deliveries: { Args: { p_older_than_seconds?: number; p_limit?: number }; Returns: string[] };
      waiting_imports: { Args: { p_limit?: number }; Returns: string[] };
      waiting_words: { Args: { p_limit?: number }; Returns: string[] };
      wants_address_ranges: { Args: { p_provider: string; p_older_than_hours?: number }; Returns: boolean };
      webhook_target: { Args: { p_repository_id: string }; Returns: { provider: string; secrets: string[]; address_ranges: string[] }[] };
      webhook_targets: { Args: { p_repository_ids: string[] }; Returns: { repository_id: string; provider: string; secrets: string[]; address_ranges: string[] }[] };
      webhook_targets_in_workspace: { Args: { p_workspace_id: string; p_provider: string; p_external_id: string; p_name: string }; Returns: string[] };
      withdraw_invitation: { Args: { p_invitation_id: string }; Returns: undefined };
      word_access: { Args: { p_workspace_id: string }; Returns: Json };
      word_spending: { Args: { p_workspace_id: string }; Returns: Json };
      work_context: { Args: { p_requests: Json }; Returns: Json };
      workspace_trackers: { Args: { p_workspace_ids: string[] }; Returns: Json };
      write_off_invoice: { Args: { p_invoice_id: string }; Returns: undefined };
    };
    Enums: { [_ in never]: never };
    CompositeTypes: { [_ in never]: never };
  };
};
