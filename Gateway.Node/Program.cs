using Gateway.Node;

// Settings come from appsettings.json in the content root (the current directory, or --contentRoot DIR) and the environment (Gateway__Node__Name=...).
return await NodeHost.RunAsync(WebApplication.CreateBuilder(args));
