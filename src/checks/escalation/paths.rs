//! The known ways from some rights to more: what must be allowed for each, and what comes of it.
//!
//! Source: the paths of pathfinding.cloud (Datadog; repository DataDog/pathfinding.cloud, Apache-2.0), as its data and
//! the scenarios of pathfinding-labs had them on the day below. Taken over are the ids, by which a way can be looked up
//! at `https://pathfinding.cloud/paths/ID`, and the permissions that are required; the sentences and the services are
//! ours. `sagemaker-003` and `glue-002` are older entries of the same list. `set-default-policy-version` is ours: it has
//! no number, and is in older lists (Rhino Security Labs, 2018).
//!
//! The service that a role is passed to, and the one that acts as it, are those of AWS's documentation of
//! `iam:PassedToService` and of service roles.

/// The day from which the table is.
#[cfg(test)]
pub(in crate::checks) const AS_OF: &str = "2026-11-23";

/// A known way.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::checks) struct Path {
    /// Its id in the list.
    pub(in crate::checks) id: &'static str,
    /// How it works, which says what each action must be allowed on.
    pub(in crate::checks) way: Way,
    /// What must be allowed, all of it.
    pub(in crate::checks) actions: &'static [&'static str],
    /// What somebody may do then, in words that follow upon `may`; `{}` is what it is done to.
    pub(in crate::checks) does: &'static str,
}

/// How a way works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Way {
    /// By writing the policies that hold for oneself: one's own, those of a group, those attached.
    Own,
    /// By joining a group.
    Join,
    /// By credentials of a user.
    Credentials,
    /// By the trust policy of a role.
    Trust,
    /// By assuming a role that lets the whole account in, with a grant on every role: neither side names the other.
    Assume,
    /// By writing the policies of a role or user, and becoming it.
    Rewritten,
    /// By passing a role to something new.
    Pass {
        /// The services that it may be passed to, as `iam:PassedToService` has them: one of them will do.
        to: &'static [&'static str],
        /// Who assumes it.
        runs: Runs,
    },
    /// By what runs as a role of this service. What there is of it is not read.
    At(&'static str),
    /// By a function of Lambda that runs as a role.
    Function,
}

/// Who assumes a role that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::checks) enum Runs {
    /// A service.
    Service(&'static str),
    /// Those whom an identity provider vouches for.
    Federated(&'static str),
}

const fn pass_to(to: &'static [&'static str], service: &'static str) -> Way {
    Way::Pass { to, runs: Runs::Service(service) }
}

const fn path(id: &'static str, way: Way, actions: &'static [&'static str], does: &'static str) -> Path {
    Path { id, way, actions, does }
}

/// All ways, by id.
pub(in crate::checks) static PATHS: [Path; 89] = [
    path(
        "apprunner-001",
        pass_to(&["apprunner.amazonaws.com", "tasks.apprunner.amazonaws.com"], "tasks.apprunner.amazonaws.com"),
        &["iam:PassRole", "apprunner:CreateService"],
        "pass {} to a new App Runner service that runs what it is given",
    ),
    path(
        "apprunner-002",
        Way::At("tasks.apprunner.amazonaws.com"),
        &["apprunner:UpdateService"],
        "have an App Runner service that runs as {} run something else",
    ),
    path(
        "batch-001",
        pass_to(&["batch.amazonaws.com", "ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "batch:RegisterJobDefinition", "batch:SubmitJob"],
        "pass {} to a new definition of a Batch job and run it",
    ),
    path(
        "batch-002",
        Way::At("ecs-tasks.amazonaws.com"),
        &["batch:SubmitJob"],
        "submit a Batch job with a command of its own to a definition that runs as {}",
    ),
    path(
        "batch-003",
        pass_to(&["batch.amazonaws.com", "ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &[
            "iam:PassRole",
            "batch:CreateComputeEnvironment",
            "batch:CreateJobQueue",
            "batch:RegisterJobDefinition",
            "batch:SubmitJob",
        ],
        "pass {} to a Batch job on a queue and machines of its own",
    ),
    path(
        "bedrock-001",
        pass_to(&["bedrock-agentcore.amazonaws.com"], "bedrock-agentcore.amazonaws.com"),
        &[
            "iam:PassRole",
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ],
        "pass {} to a new code interpreter of AgentCore and run code in it",
    ),
    path(
        "bedrock-002",
        Way::At("bedrock-agentcore.amazonaws.com"),
        &["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"],
        "run code in a code interpreter of AgentCore that runs as {}",
    ),
    path(
        "bedrock-003",
        pass_to(&["bedrock-agentcore.amazonaws.com"], "bedrock-agentcore.amazonaws.com"),
        &[
            "iam:PassRole",
            "bedrock-agentcore:CreateAgentRuntime",
            "bedrock-agentcore:CreateAgentRuntimeEndpoint",
            "bedrock-agentcore:CreateWorkloadIdentity",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
        ],
        "pass {} to a new runtime of AgentCore and run commands in it",
    ),
    path(
        "bedrock-004",
        Way::At("bedrock-agentcore.amazonaws.com"),
        &["bedrock-agentcore:InvokeAgentRuntimeCommand"],
        "run commands in a runtime of AgentCore that runs as {}",
    ),
    path(
        "bedrock-005",
        pass_to(&["bedrock-agentcore.amazonaws.com"], "bedrock-agentcore.amazonaws.com"),
        &[
            "iam:PassRole",
            "bedrock-agentcore:CreateHarness",
            "bedrock-agentcore:CreateAgentRuntime",
            "bedrock-agentcore:CreateAgentRuntimeEndpoint",
            "bedrock-agentcore:CreateWorkloadIdentity",
            "bedrock-agentcore:GetAgentRuntime",
            "bedrock-agentcore:GetHarness",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
        ],
        "pass {} to a new harness of AgentCore and run commands in it",
    ),
    path(
        "bedrock-006",
        pass_to(&["bedrock-agentcore.amazonaws.com"], "bedrock-agentcore.amazonaws.com"),
        &[
            "iam:PassRole",
            "bedrock-agentcore:CreateBrowser",
            "bedrock-agentcore:StartBrowserSession",
            "bedrock-agentcore:ConnectBrowserAutomationStream",
        ],
        "pass {} to a new browser of AgentCore and read its credentials there",
    ),
    path(
        "bedrock-007",
        Way::At("bedrock-agentcore.amazonaws.com"),
        &["bedrock-agentcore:StartBrowserSession", "bedrock-agentcore:ConnectBrowserAutomationStream"],
        "read the credentials of {} in a browser of AgentCore that runs as it",
    ),
    path(
        "braket-001",
        pass_to(&["braket.amazonaws.com"], "braket.amazonaws.com"),
        &["iam:PassRole", "braket:CreateJob"],
        "pass {} to a hybrid job of Braket",
    ),
    path(
        "cloudformation-001",
        pass_to(&["cloudformation.amazonaws.com"], "cloudformation.amazonaws.com"),
        &["iam:PassRole", "cloudformation:CreateStack"],
        "have CloudFormation create what it likes as {}",
    ),
    path(
        "cloudformation-002",
        Way::At("cloudformation.amazonaws.com"),
        &["cloudformation:UpdateStack"],
        "change a stack that CloudFormation keeps as {}",
    ),
    path(
        "cloudformation-003",
        pass_to(&["cloudformation.amazonaws.com"], "cloudformation.amazonaws.com"),
        &["iam:PassRole", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"],
        "have CloudFormation create what it likes as {}, by a new stack set",
    ),
    path(
        "cloudformation-004",
        pass_to(&["cloudformation.amazonaws.com"], "cloudformation.amazonaws.com"),
        &["iam:PassRole", "cloudformation:UpdateStackSet"],
        "have CloudFormation create what it likes as {}, by a stack set that is there",
    ),
    path(
        "cloudformation-005",
        Way::At("cloudformation.amazonaws.com"),
        &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"],
        "change a stack that CloudFormation keeps as {}, by a change set",
    ),
    path(
        "codebuild-001",
        pass_to(&["codebuild.amazonaws.com"], "codebuild.amazonaws.com"),
        &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"],
        "pass {} to a new CodeBuild project and build what it likes",
    ),
    path(
        "codebuild-002",
        Way::At("codebuild.amazonaws.com"),
        &["codebuild:StartBuild"],
        "build what it likes in a CodeBuild project that runs as {}",
    ),
    path(
        "codebuild-003",
        Way::At("codebuild.amazonaws.com"),
        &["codebuild:StartBuildBatch"],
        "build what it likes, in a batch, in a CodeBuild project that runs as {}",
    ),
    path(
        "codebuild-004",
        pass_to(&["codebuild.amazonaws.com"], "codebuild.amazonaws.com"),
        &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuildBatch"],
        "pass {} to a new CodeBuild project and build what it likes in a batch",
    ),
    path(
        "codedeploy-001",
        Way::At("ec2.amazonaws.com"),
        &[
            "codedeploy:CreateDeployment",
            "codedeploy:GetDeploymentConfig",
            "codedeploy:RegisterApplicationRevision",
            "codedeploy:GetApplicationRevision",
        ],
        "deploy a revision of its own to an instance that runs as {}",
    ),
    path(
        "cognitoidentity-001",
        Way::Pass { to: &["cognito-identity.amazonaws.com"], runs: Runs::Federated("cognito-identity.amazonaws.com") },
        &["iam:PassRole", "cognito-identity:SetIdentityPoolRoles"],
        "give {} to whoever asks an identity pool, itself among them",
    ),
    path(
        "datapipeline-001",
        pass_to(&["datapipeline.amazonaws.com", "ec2.amazonaws.com"], "datapipeline.amazonaws.com"),
        &[
            "iam:PassRole",
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "datapipeline:ActivatePipeline",
        ],
        "pass {} to a new pipeline of Data Pipeline that runs what it is given",
    ),
    path(
        "ec2-001",
        pass_to(&["ec2.amazonaws.com"], "ec2.amazonaws.com"),
        &["iam:PassRole", "ec2:RunInstances"],
        "start an instance that runs as {}",
    ),
    path(
        "ec2-002",
        Way::At("ec2.amazonaws.com"),
        &["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"],
        "change the user data of an instance that runs as {}",
    ),
    path(
        "ec2-003",
        Way::At("ec2.amazonaws.com"),
        &["ec2-instance-connect:SendSSHPublicKey"],
        "log in to an instance that runs as {}",
    ),
    path(
        "ec2-004",
        pass_to(&["ec2.amazonaws.com"], "ec2.amazonaws.com"),
        &["iam:PassRole", "ec2:RequestSpotInstances"],
        "request a spot instance that runs as {}",
    ),
    path(
        "ec2-005",
        Way::At("ec2.amazonaws.com"),
        &["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"],
        "change the launch template of instances that run as {}",
    ),
    path(
        "ecs-001",
        pass_to(&["ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
        "pass {} to a task of a new service on a cluster of its own",
    ),
    path(
        "ecs-002",
        pass_to(&["ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:RunTask"],
        "pass {} to a new task on a cluster of its own",
    ),
    path(
        "ecs-003",
        pass_to(&["ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
        "pass {} to a task of a new service",
    ),
    path(
        "ecs-004",
        pass_to(&["ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"],
        "pass {} to a new task and run it",
    ),
    path(
        "ecs-005",
        pass_to(&["ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask"],
        "pass {} to a new task and start it on an instance",
    ),
    path(
        "ecs-006",
        Way::At("ecs-tasks.amazonaws.com"),
        &["ecs:ExecuteCommand", "ecs:DescribeTasks"],
        "run commands in a task that runs as {}",
    ),
    path(
        "ecs-007",
        pass_to(&["ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "ecs:StartTask", "ecs:RegisterContainerInstance", "ecs:DeregisterContainerInstance"],
        "pass {} to a task that is there, on an instance of its own",
    ),
    path(
        "ecs-008",
        pass_to(&["ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "ecs:RunTask"],
        "pass {} to a task that is there, with a command of its own",
    ),
    path(
        "ecs-009",
        pass_to(&["ecs-tasks.amazonaws.com"], "ecs-tasks.amazonaws.com"),
        &["iam:PassRole", "ecs:StartTask"],
        "pass {} to a task that is there, with a command of its own, and start it on an instance",
    ),
    path(
        "emr-001",
        pass_to(&["ec2.amazonaws.com", "elasticmapreduce.amazonaws.com"], "ec2.amazonaws.com"),
        &["iam:PassRole", "elasticmapreduce:RunJobFlow"],
        "start an EMR cluster whose machines run as {}",
    ),
    path(
        "emrserverless-001",
        pass_to(&["emr-serverless.amazonaws.com"], "emr-serverless.amazonaws.com"),
        &["iam:PassRole", "emr-serverless:CreateApplication", "emr-serverless:StartJobRun"],
        "pass {} to a job of a new EMR Serverless application",
    ),
    path(
        "gamelift-001",
        pass_to(&["gamelift.amazonaws.com"], "gamelift.amazonaws.com"),
        &["iam:PassRole", "gamelift:CreateBuild", "gamelift:CreateFleet", "gamelift:RequestUploadCredentials"],
        "pass {} to a new fleet of GameLift that runs a build of its own",
    ),
    path(
        "glue-001",
        pass_to(&["glue.amazonaws.com"], "glue.amazonaws.com"),
        &["iam:PassRole", "glue:CreateDevEndpoint"],
        "pass {} to a new development endpoint of Glue and log in to it",
    ),
    path(
        "glue-002",
        Way::At("glue.amazonaws.com"),
        &["glue:UpdateDevEndpoint"],
        "log in to a development endpoint of Glue that runs as {}",
    ),
    path(
        "glue-003",
        pass_to(&["glue.amazonaws.com"], "glue.amazonaws.com"),
        &["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"],
        "pass {} to a new Glue job and run it",
    ),
    path(
        "glue-004",
        pass_to(&["glue.amazonaws.com"], "glue.amazonaws.com"),
        &["iam:PassRole", "glue:CreateJob", "glue:CreateTrigger"],
        "pass {} to a new Glue job and have a trigger run it",
    ),
    path(
        "glue-005",
        pass_to(&["glue.amazonaws.com"], "glue.amazonaws.com"),
        &["iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"],
        "pass {} to a Glue job that is there and run it",
    ),
    path(
        "glue-006",
        pass_to(&["glue.amazonaws.com"], "glue.amazonaws.com"),
        &["iam:PassRole", "glue:UpdateJob", "glue:CreateTrigger"],
        "pass {} to a Glue job that is there and have a trigger run it",
    ),
    path(
        "glue-007",
        pass_to(&["glue.amazonaws.com"], "glue.amazonaws.com"),
        &["iam:PassRole", "glue:CreateSession", "glue:RunStatement"],
        "pass {} to a new interactive session of Glue and run code in it",
    ),
    path("iam-001", Way::Own, &["iam:CreatePolicyVersion"], "write a new version of {}"),
    path("iam-002", Way::Credentials, &["iam:CreateAccessKey"], "make itself an access key of {}"),
    path(
        "iam-003",
        Way::Credentials,
        &["iam:CreateAccessKey", "iam:DeleteAccessKey"],
        "replace an access key of {} by one of its own",
    ),
    path("iam-004", Way::Credentials, &["iam:CreateLoginProfile"], "give {} a password for the console"),
    path("iam-005", Way::Own, &["iam:PutRolePolicy"], "write inline policies of {}"),
    path("iam-006", Way::Credentials, &["iam:UpdateLoginProfile"], "change the console password of {}"),
    path("iam-007", Way::Own, &["iam:PutUserPolicy"], "write inline policies of {}"),
    path("iam-008", Way::Own, &["iam:AttachUserPolicy"], "attach any policy to {}"),
    path("iam-009", Way::Own, &["iam:AttachRolePolicy"], "attach any policy to {}"),
    path("iam-010", Way::Own, &["iam:AttachGroupPolicy"], "attach any policy to {}"),
    path("iam-011", Way::Own, &["iam:PutGroupPolicy"], "write inline policies of {}"),
    path("iam-012", Way::Trust, &["iam:UpdateAssumeRolePolicy"], "write itself into the trust policy of {}"),
    path("iam-013", Way::Join, &["iam:AddUserToGroup"], "make itself a member of {}"),
    path(
        "iam-014",
        Way::Rewritten,
        &["iam:AttachRolePolicy", "sts:AssumeRole"],
        "attach any policy to {} and assume it",
    ),
    path(
        "iam-015",
        Way::Rewritten,
        &["iam:AttachUserPolicy", "iam:CreateAccessKey"],
        "attach any policy to {} and make itself an access key of it",
    ),
    path(
        "iam-016",
        Way::Rewritten,
        &["iam:CreatePolicyVersion", "sts:AssumeRole"],
        "write a new version of a policy of {} and assume it",
    ),
    path(
        "iam-017",
        Way::Rewritten,
        &["iam:PutRolePolicy", "sts:AssumeRole"],
        "write inline policies of {} and assume it",
    ),
    path(
        "iam-018",
        Way::Rewritten,
        &["iam:PutUserPolicy", "iam:CreateAccessKey"],
        "write inline policies of {} and make itself an access key of it",
    ),
    path(
        "iam-019",
        Way::Rewritten,
        &["iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"],
        "attach any policy to {} and write itself into its trust policy",
    ),
    path(
        "iam-020",
        Way::Rewritten,
        &["iam:CreatePolicyVersion", "iam:UpdateAssumeRolePolicy"],
        "write a new version of a policy of {} and write itself into its trust policy",
    ),
    path(
        "iam-021",
        Way::Rewritten,
        &["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
        "write inline policies of {} and write itself into its trust policy",
    ),
    path(
        "imagebuilder-001",
        pass_to(&["ec2.amazonaws.com", "imagebuilder.amazonaws.com"], "ec2.amazonaws.com"),
        &[
            "iam:PassRole",
            "imagebuilder:CreateComponent",
            "imagebuilder:CreateImageRecipe",
            "imagebuilder:CreateInfrastructureConfiguration",
            "imagebuilder:CreateImage",
        ],
        "have Image Builder run commands on an instance that runs as {}",
    ),
    path(
        "kinesisanalytics-001",
        pass_to(&["kinesisanalytics.amazonaws.com"], "kinesisanalytics.amazonaws.com"),
        &["iam:PassRole", "kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"],
        "pass {} to a new Flink application that runs code of its own",
    ),
    path(
        "lambda-001",
        pass_to(&["lambda.amazonaws.com"], "lambda.amazonaws.com"),
        &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
        "pass {} to a new function and invoke it",
    ),
    path(
        "lambda-002",
        pass_to(&["lambda.amazonaws.com"], "lambda.amazonaws.com"),
        &["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
        "pass {} to a new function and have a queue or stream trigger it",
    ),
    path("lambda-003", Way::Function, &["lambda:UpdateFunctionCode"], "change the code of a function that runs as {}"),
    path(
        "lambda-004",
        Way::Function,
        &["lambda:UpdateFunctionCode", "lambda:InvokeFunction"],
        "change the code of a function that runs as {} and invoke it",
    ),
    path(
        "lambda-005",
        Way::Function,
        &["lambda:UpdateFunctionCode", "lambda:AddPermission"],
        "change the code of a function that runs as {} and let itself invoke it",
    ),
    path(
        "lambda-006",
        pass_to(&["lambda.amazonaws.com"], "lambda.amazonaws.com"),
        &["iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"],
        "pass {} to a new function and let itself invoke it",
    ),
    path(
        "omics-001",
        pass_to(&["omics.amazonaws.com"], "omics.amazonaws.com"),
        &["iam:PassRole", "omics:CreateWorkflow", "omics:StartRun", "s3:GetObject"],
        "pass {} to a run of a new HealthOmics workflow",
    ),
    path(
        "sagemaker-001",
        pass_to(&["sagemaker.amazonaws.com"], "sagemaker.amazonaws.com"),
        &["iam:PassRole", "sagemaker:CreateNotebookInstance"],
        "pass {} to a new SageMaker notebook and work in it",
    ),
    path(
        "sagemaker-002",
        pass_to(&["sagemaker.amazonaws.com"], "sagemaker.amazonaws.com"),
        &["iam:PassRole", "sagemaker:CreateTrainingJob"],
        "pass {} to a new training job of SageMaker",
    ),
    path(
        "sagemaker-003",
        pass_to(&["sagemaker.amazonaws.com"], "sagemaker.amazonaws.com"),
        &["iam:PassRole", "sagemaker:CreateProcessingJob"],
        "pass {} to a new processing job of SageMaker",
    ),
    path(
        "sagemaker-004",
        Way::At("sagemaker.amazonaws.com"),
        &["sagemaker:CreatePresignedNotebookInstanceUrl"],
        "open a SageMaker notebook that runs as {}",
    ),
    path(
        "sagemaker-005",
        Way::At("sagemaker.amazonaws.com"),
        &[
            "sagemaker:CreateNotebookInstanceLifecycleConfig",
            "sagemaker:StopNotebookInstance",
            "sagemaker:UpdateNotebookInstance",
            "sagemaker:StartNotebookInstance",
        ],
        "have a SageMaker notebook that runs as {} run a script of its own when it starts",
    ),
    path(
        "set-default-policy-version",
        Way::Own,
        &["iam:SetDefaultPolicyVersion"],
        "bring an older version of {} into force",
    ),
    path(
        "ssm-001",
        Way::At("ec2.amazonaws.com"),
        &["ssm:StartSession"],
        "open a session on an instance that runs as {}",
    ),
    path("ssm-002", Way::At("ec2.amazonaws.com"), &["ssm:SendCommand"], "run commands on an instance that runs as {}"),
    path(
        "ssm-003",
        pass_to(&["ssm.amazonaws.com"], "ssm.amazonaws.com"),
        &["iam:PassRole", "ssm:CreateDocument", "ssm:StartAutomationExecution"],
        "pass {} to an automation of its own",
    ),
    path("sts-001", Way::Assume, &["sts:AssumeRole"], "assume {}"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::catalogue::Catalogue;

    #[test]
    fn every_action_is_in_the_catalogue() {
        for path in &PATHS {
            for action in path.actions {
                let known = Catalogue::embedded().action(action).map(|known| known.full_name());
                assert_eq!(known.as_deref(), Some(*action), "{}", path.id);
            }
        }
    }

    #[test]
    fn the_ways_stand_in_order_and_say_what_they_do() {
        assert!(PATHS.windows(2).all(|pair| pair[0].id < pair[1].id));
        for path in &PATHS {
            assert!(!path.actions.is_empty(), "{}", path.id);
            assert_eq!(path.does.matches("{}").count(), 1, "{}", path.id);
            let passes = path.actions.contains(&"iam:PassRole");
            assert_eq!(passes, matches!(path.way, Way::Pass { .. }), "{}", path.id);
            let once: std::collections::BTreeSet<_> = path.actions.iter().collect();
            assert_eq!(once.len(), path.actions.len(), "{}", path.id);
        }
    }

    #[test]
    fn what_is_of_iam_is_asked_of_what_the_way_says() {
        for path in &PATHS {
            let of_iam = |action: &&&str| action.starts_with("iam:") || action.starts_with("sts:");
            let count = path.actions.iter().filter(of_iam).count();
            match path.way {
                Way::Pass { .. } => assert_eq!(count, 1, "{}", path.id),
                Way::At(_) | Way::Function => assert_eq!(count, 0, "{}", path.id),
                _ => assert_eq!(count, path.actions.len(), "{}", path.id),
            }
        }
    }
}
