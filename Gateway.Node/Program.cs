using Gateway.Node;

// Settings come from appsettings.json in the content root (the current directory, or --contentRoot DIR) and the environment (Gateway__Node__Name=...).
// They are read once: a watcher would be woken by every write to the journal below the content root.
return await NodeHost.RunAsync(WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]));
